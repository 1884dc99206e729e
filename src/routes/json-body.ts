/** Bodies of Stile's own API: strict JSON, checked by a schema under schemas/stile/, refused as the exchange's are. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../errors.js';
import { readJson } from '../json.js';
import { jsonErrorCodes } from '../json-error.js';
import type { Exit } from '../problem.js';
import { violations } from '../registry/violation.js';
import { type BodySchema, compiledBodies } from './body-compiler.js';

/** Deepest nesting any of these bodies has use for. */
const depthLimit = 8;

/** Made by schemas/compile.ts. */
const { default: checks } = (await import(compiledBodies.href)) as {
  readonly default: Readonly<Record<BodySchema, ValidateFunction>>;
};

/**
 * A reader of one kind of body.
 *
 * @param name of the schema; Body is the type generated from it
 * @param invalid the code for JSON that does not keep the schema
 */
export function bodyReader<Body>(name: BodySchema, invalid: ErrorCode): (bytes: unknown) => { body: Body } | Exit {
  const check = checks[name];
  return bytes => {
    const read = readJson(Buffer.isBuffer(bytes) ? bytes : '', depthLimit);
    if ('fault' in read) return { code: jsonErrorCodes[read.fault] };
    if (check(read.value)) return { body: read.value as Body };
    return { code: invalid, violations: violations(check.errors ?? []) };
  };
}

/** Makes the bodies in a scope arrive as the bytes they are; any other media type than JSON is refused. */
export function takeJsonBytes(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/** What Fastify itself found wrong with a request before its handler ran; undefined when the fault is the gateway's. */
export function requestFault(error: { readonly statusCode?: number }): Exit | undefined {
  switch (error.statusCode) {
    case 413:
      return { code: 'STILE_BODY_TOO_LARGE' };
    case 415:
      return { code: 'STILE_MEDIA_TYPE' };
    case 400:
      return { code: 'STILE_BODY_NOT_JSON' };
    default:
      return undefined;
  }
}
