/** Writes the `.d.ts` beside each schema of Stile's own files, so that types have one source; a test holds them equal. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { root } from '../src/root.js';

const folder = join(root, 'schemas', 'stile');

/** The declarations of every schema under schemas/stile/, by path. */
export async function declarations(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    // Own kinds' are for editors, and have no types.
    if (!name.endsWith('.json') || name.startsWith(join('adapters', 'own'))) continue;
    const schema = JSON.parse(readFileSync(join(folder, name), 'utf8')) as JSONSchema;
    const text = await compile(named(schema), name, {
      // Schemas refer to those beside them.
      cwd: join(folder, dirname(name)),
      $refOptions: {
        resolve: {
          file: {
            order: 1,
            canRead: true,
            read: ({ url }: { url: string }) => named(JSON.parse(readFileSync(url, 'utf8'))),
          },
        },
      },
      bannerComment: `/** Generated from ${name} by schemas/generate.ts; do not edit. */`,
      ignoreMinAndMaxItems: true,
      style: { singleQuote: true, printWidth: 120 },
    });
    found.set(join(folder, name.replace(/\.json$/, '.d.ts')), text);
  }
  return found;
}

/** The schema with titles left only where they name a type, at the root and in `$defs`, with nothing beside a `$ref`, and without what is left to an adapter's own schema. */
function named(schema: JSONSchema): JSONSchema {
  const strip = (value: unknown, keep: boolean): unknown => {
    if (Array.isArray(value)) return value.map(item => strip(item, false));
    if (typeof value !== 'object' || value === null) return value;
    if ('$ref' in value && typeof value.$ref === 'string') return { $ref: value.$ref };
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, held]) => keep || key !== 'title' || typeof held !== 'string')
        .filter(([, held]) => !(Array.isArray(held) && JSON.stringify(held).includes('"$ref":"adapters/')))
        .map(([key, held]) => [key, key === '$defs' ? definitions(held) : strip(held, false)]),
    );
  };
  const definitions = (held: unknown): unknown =>
    Object.fromEntries(Object.entries(held as object).map(([key, value]) => [key, strip(value, true)]));
  return strip(schema, true) as JSONSchema;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, text] of await declarations()) writeFileSync(path, text);
}
