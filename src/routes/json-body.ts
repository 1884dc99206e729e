/** Bodies of Stile's own API: strict JSON, checked by a schema under schemas/stile/, refused as the exchange's are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../errors.js';
import { readJson } from '../json.js';
import { jsonErrorCodes } from '../json-error.js';
import type { Exit } from '../problem.js';
import { formats } from '../registry/formats.js';
import { violations } from '../registry/violation.js';
import { root } from '../root.js';

/** Deepest nesting any of these bodies has use for. */
const depthLimit = 8;

const folder = join(root, 'schemas', 'stile');

let opened: Ajv2020 | undefined;

/** No coercion, no removal, no defaults; what is wrong is told all at once. */
function ajv(): Ajv2020 {
  if (opened !== undefined) return opened;
  opened = new Ajv2020({
    allErrors: true,
    verbose: true,
    messages: false,
    strictTypes: true,
    allowUnionTypes: true,
    formats,
  });
  opened.addVocabulary(['x-title', 'x-stile-secret']);
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.json')) opened.addSchema(JSON.parse(readFileSync(join(folder, name), 'utf8')) as object);
  }
  return opened;
}

/** Compiled with the first body of its kind: all of them together would take a noticeable part of a start. */
function compiled(name: string): ValidateFunction {
  const check = ajv().getSchema(`https://stile.example/schemas/stile/${name}.json`);
  if (check === undefined) throw new Error(`the schema ${name} has another $id than its name`);
  return check;
}

/**
 * A reader of one kind of body.
 *
 * @param name of the schema's file, without `.json`; Body is the type generated from it
 * @param invalid the code for JSON that does not keep the schema
 */
export function bodyReader<Body>(name: string, invalid: ErrorCode): (bytes: unknown) => { body: Body } | Exit {
  if (!existsSync(join(folder, `${name}.json`))) throw new Error(`there is no schema ${name}`);
  let check: ValidateFunction | undefined;
  return bytes => {
    const read = readJson(Buffer.isBuffer(bytes) ? bytes : '', depthLimit);
    if ('fault' in read) return { code: jsonErrorCodes[read.fault] };
    check ??= compiled(name);
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
