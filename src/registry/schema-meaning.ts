/** A schema without its annotations: what is left decides what passes and what a field is. */
import { schemaKeywords } from './schema-keywords.js';
import { isSchema } from './schema-store.js';

/** Keywords that decide neither what passes nor what a field is. */
export const annotations: ReadonlySet<string> = new Set([
  '$comment',
  'title',
  'x-title',
  'description',
  'x-description',
  'examples',
  'default',
  'deprecated',
]);

/** A copy with every annotation left out, at any depth; fields that happen to be called so stay. */
export function meaning(schema: unknown): unknown {
  if (!isSchema(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([keyword]) => !annotations.has(keyword))
      .map(([keyword, held]) => [keyword, heldMeaning(schemaKeywords.get(keyword), held)]),
  );
}

function heldMeaning(holds: 'schema' | 'list' | 'map' | undefined, held: unknown): unknown {
  if (holds === 'schema') return meaning(held);
  if (holds === 'list' && Array.isArray(held)) return held.map(meaning);
  if (holds === 'map' && isSchema(held)) {
    return Object.fromEntries(Object.entries(held).map(([name, schema]) => [name, meaning(schema)]));
  }
  return held;
}
