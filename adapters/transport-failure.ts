/** The one seam where errors of sockets, TLS and HTTP become failures of the closed union. */
import { type Failure, type FailureKind, failure } from './adapter.js';
import { HTTPParserError } from './undici.js';

/** TLS alerts by which the other side refuses the gateway's certificate, or the want of one (RFC 8446, section 6.2). */
const certificateAlert = /ALERT_(?:.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** What undici says of an answer that is none: bytes before any question, or an upgrade that nobody asked for. */
const notHttp = /^bad (?:response|upgrade)$/;

/**
 * Translates an error of the connection.
 *
 * @param begun whether the answer's status had been read
 * @returns a failure whose detail is the error's code and message: they name hosts, ports and header names, but quote
 *   nothing that was sent or received, as other members of the error do
 */
export function failureOf(error: Error, begun: boolean): Failure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  const detail = error.message === '' ? code : `${code}: ${error.message.trim()}`;
  return { failure: kindOf(error, code, begun), detail };
}

function kindOf(error: Error, code: string, begun: boolean): FailureKind {
  if (timeouts.has(code)) return failure.timeout;
  if (certificateAlert.test(code)) return failure.denied;
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return failure.tooLarge;
  if (isGarbage(error, code, begun)) return failure.malformed;
  return begun ? failure.cutOff : failure.unreachable;
}

/** Bytes that are no HTTP. Where the parser had none left to read, the answer was not wrong but broke off. */
function isGarbage(error: Error, code: string, begun: boolean): boolean {
  if (error instanceof HTTPParserError) return !('data' in error && error.data === '');
  return notHttp.test(error.message) || (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && !begun);
}
