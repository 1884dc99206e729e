/** `traceparent` (W3C Trace Context, level 1): the caller's trace goes through to the department, under a span of ours. */
import { randomHex } from '../random.js';

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Our `traceparent` for one exchange: the caller's trace when it sent a valid one, else a new trace.
 *
 * An invalid header is ignored, as section 4.3 asks.
 */
export function traceOf(header: string | undefined): string {
  const found = header === undefined ? null : form.exec(header);
  const valid =
    found !== null &&
    found[1] !== 'ff' &&
    !(found[1] === '00' && found[5] !== undefined) &&
    !/^0+$/.test(found[2] ?? '') &&
    !/^0+$/.test(found[3] ?? '');
  return valid ? `00-${found[2]}-${randomHex(8)}-${found[4]}` : `00-${randomHex(16)}-${randomHex(8)}-00`;
}
