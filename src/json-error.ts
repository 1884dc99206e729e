/** What a body that the strict reader refuses is answered with, in an exchange as in every other call. */
import type { ErrorCode } from './errors.js';
import type { JsonFault } from './json.js';

export const jsonErrorCodes = {
  'not-json': 'STILE_BODY_NOT_JSON',
  'too-deep': 'STILE_BODY_TOO_DEEP',
  'duplicate-key': 'STILE_BODY_DUPLICATE_KEY',
  'forbidden-key': 'STILE_BODY_FORBIDDEN_KEY',
  'number-range': 'STILE_BODY_NUMBER_RANGE',
} as const satisfies Readonly<Record<JsonFault, ErrorCode>>;
