/** Judges whether an answer is X-Road's to the very message that was sent, and what X-Road's own errors mean. */
import { type Failure, type FailureKind, failure } from './adapter.js';
import type { WireReply } from './flight.js';
import { malformed } from './reading.js';
import { isIdentifier } from './x-road-identifier.js';

/** SHA-512 in base64 (PR-REST, section 4.3). */
const hashForm = /^[A-Za-z0-9+/]{85}[AQgw]==$/;

/** Visible ASCII; as long as a security server keeps it. */
const idForm = /^[!-~]{1,255}$/;

/** What errors of X-Road mean by the last part of their type; those that are not listed say that X-Road failed. */
const meanings: Readonly<Record<string, FailureKind>> = {
  accessdenied: failure.denied,
  sslauthenticationfailed: failure.denied,
  unknownmember: failure.rejected,
  unknownservice: failure.rejected,
  servicedisabled: failure.busy,
  networkerror: failure.unreachable,
};

/** Raised before the department's own system is asked. */
const before = new Set<FailureKind>([failure.denied, failure.rejected, failure.busy]);

/**
 * Compiles what is demanded of the answers of one service.
 *
 * The request hash is held against the request by the client's security server, which must do so (section 4.3): it is over the message
 * between the two servers, which no system before them sees. Here it must be there, and be one.
 */
export function compileRefusal(client: readonly string[], serviceId: readonly string[]) {
  return ({ status, headers }: WireReply, messageId: string): Failure | undefined => {
    const error = headers['x-road-error'];
    if (error !== undefined) return failureOfError(String(error));
    // From the service itself, or from what stands before the security server: no data either way.
    if (status >= 500) return undefined;
    if (headers['x-road-id'] !== messageId) return malformed('X-Road-Id is not that of the message');
    if (!isIdentifier(headers['x-road-client'], client)) return malformed('X-Road-Client is another client');
    if (!isIdentifier(headers['x-road-service'], serviceId)) return malformed('X-Road-Service is another service');
    if (!idForm.test(String(headers['x-road-request-id'] ?? ''))) return malformed('X-Road-Request-Id is missing');
    if (!hashForm.test(String(headers['x-road-request-hash'] ?? ''))) {
      return malformed('X-Road-Request-Hash is missing, or no SHA-512');
    }
    return undefined;
  };
}

/** Types are words between dots, of which later versions write some in lower case with underscores (section 4.6). */
function failureOfError(type: string): Failure {
  const known = /^[A-Za-z_]+(?:\.[A-Za-z_]+){0,4}$/.test(type) && type.length <= 128;
  if (!known) return { failure: failure.failing, detail: 'X-Road-Error' };
  const words = type.toLowerCase().replaceAll('_', '').split('.');
  const kind = words[0] === 'client' ? failure.rejected : (meanings[words.at(-1) ?? ''] ?? failure.failing);
  return { failure: kind, detail: `X-Road-Error ${type}`, ...(before.has(kind) ? { notActed: true } : {}) };
}
