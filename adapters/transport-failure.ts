/** The one seam where errors of sockets, TLS and HTTP become failures of the closed union. */
import { type Failure, type FailureKind, failure } from './adapter.js';

/** TLS alerts by which the other side refuses the gateway's certificate, or the want of one (RFC 8446, section 6.2). */
const certificateAlert = /ALERT_(?:.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** What undici says of an answer that is none: bytes before any question, or an upgrade that nobody asked for. */
const notHttp = /^bad (?:response|upgrade)$/;

/**
 * Translates an error of the connection.
 *
 * @param begun whether the answer's status had been read
 */
export function failureOf(error: Error, begun: boolean): Failure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return { failure: kindOf(code, error.message, begun), detail: detailOf(code, error.message) };
}

function kindOf(code: string, message: string, begun: boolean): FailureKind {
  if (timeouts.has(code)) return failure.timeout;
  if (certificateAlert.test(code)) return failure.denied;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return failure.tooLarge;
  // The parser's words for a body that ends too early; all its others mean bytes that are no HTTP.
  if (code === 'HPE_INVALID_EOF_STATE') return begun ? failure.cutOff : failure.unreachable;
  if (code.startsWith('HPE_') || notHttp.test(message)) return failure.malformed;
  return begun ? failure.cutOff : failure.unreachable;
}

/** Messages of Node and undici name hosts, ports and header names, but quote nothing that was sent or received. */
function detailOf(code: string, message: string): string {
  return message === '' || message === code ? code : `${code}: ${message}`;
}
