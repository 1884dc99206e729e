/** Ajv as it judges the bodies of Stile's own API. Their schemas are compiled with it at build time, by schemas/compile.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type CodeOptions } from 'ajv/dist/2020.js';
import { formats } from '../registry/formats.js';
import { root } from '../root.js';

/** The schemas under schemas/stile/ that bodies are held against, without `.json`. */
export const bodySchemas = [
  'agreement-act',
  'agreements',
  'audit-search',
  'audit-tail',
  'config-apply',
  'config-rollback',
  'config-try',
  'erasure',
] as const;
export type BodySchema = (typeof bodySchemas)[number];

/** What the build made of them. */
export const compiledBodies = new URL('../../schemas/stile/compiled-bodies.js', import.meta.url);

/** `$id` of one of them. */
export const addressOf = (name: BodySchema): string => `https://stile.example/schemas/stile/${name}.json`;

/** No coercion, no removal, no defaults; what is wrong is told all at once. */
export function openBodyAjv(code: CodeOptions = {}): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    messages: false,
    strictTypes: true,
    allowUnionTypes: true,
    formats,
    code,
  });
  ajv.addVocabulary(['x-title', 'x-stile-secret']);
  const folder = join(root, 'schemas', 'stile');
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.json')) ajv.addSchema(JSON.parse(readFileSync(join(folder, name), 'utf8')) as object);
  }
  return ajv;
}
