/**
 * Ajv as it judges the shape of config. What comes with Stile is compiled with it at build time, by schemas/compile.ts: compiling the schema
 * of a department's file takes longer than all the rest of a start. A department's own module brings schemas that no build has seen.
 */
import { _, Ajv2020, type CodeOptions, type KeywordCxt } from 'ajv/dist/2020.js';
import { shippedAdapters } from './adapter-kinds.js';
import { fileKind } from './files.js';
import { formats } from './formats.js';
import { ownKindsPath, ownKindsSchema } from './own-kinds-schema.js';
import { goodReference } from './reference.js';
import { ownKeywords } from './schema-keywords.js';
import type { Schema } from './schema-store.js';
import { agreementSchema, stileSchema } from './stile-schema.js';

/** Every schema that comes with Stile and that config or contracts are held against, by the address under which Ajv knows it. */
export const shippedSchemas: ReadonlyMap<string, Schema> = new Map([
  // The schema of a department's file refers to those of the adapters by path, so that editors complete their settings.
  ...shippedAdapters.flatMap(({ kind, settingsSchema, serviceSchema }): [string, Schema][] => [
    [`adapters/${kind}-settings.json`, settingsSchema],
    [`adapters/${kind}-service.json`, serviceSchema],
  ]),
  // Own kinds are for editors: here their own modules say what is right.
  [ownKindsPath, ownKindsSchema()],
  ...Object.values(fileKind).map((kind): [string, Schema] => [kind, stileSchema(kind)]),
  ['agreement', agreementSchema],
  ...ownKeywords,
]);

/** What the build made of them. */
export const compiledSchemas = new URL('../../schemas/stile/compiled.js', import.meta.url);

/** An Ajv that knows all of them, and JSON Schema 2020-12 itself under its own address. */
export function openAjv(code: CodeOptions = {}): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strictRequired: false,
    strictTypes: false,
    allowUnionTypes: true,
    messages: false,
    formats,
    // These schemas are large and judge little: making their code shorter takes longer than running it as it is.
    code: { optimize: false, ...code },
  });
  ajv.addKeyword({
    keyword: 'x-stile-secret',
    metaSchema: { const: true },
    schemaType: 'boolean',
    code: mustBeReference,
  });
  for (const [address, schema] of shippedSchemas) ajv.addSchema(schema, address);
  return ajv;
}

/** A secret is a reference and nothing else. */
function mustBeReference(context: KeywordCxt): void {
  const { gen, data } = context;
  const code = _`new RegExp(${goodReference.source})`;
  const reference = gen.scopeValue('pattern', { key: goodReference.source, ref: goodReference, code });
  context.pass(_`typeof ${data} == "string" && ${reference}.test(${data})`);
}
