/** What can be said of a schema file without compiling it: its dialect, and that it refers to our own files only. */
import type { PlacedFinding } from './contract-fields.js';
import { below, type Finding, rule } from './fault.js';
import { isSchema, type Place, type SchemaStore } from './schema-store.js';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** Keywords whose values are data, not schemas. */
const holdsData = new Set(['const', 'enum', 'examples', 'default', 'x-title']);

/** Findings of the file that the place is the root of. */
export function lintSchema(root: Place, store: SchemaStore): PlacedFinding[] {
  const findings: Finding[] = [];
  if (root.schema.$schema !== dialect) {
    findings.push({
      rule: rule.contractDialect,
      pointer: '/$schema',
      message: { zh: '不是 JSON Schema 2020-12', en: 'this is not JSON Schema 2020-12' },
      fix: { zh: `写 "$schema": "${dialect}"`, en: `write "$schema": "${dialect}"` },
    });
  }
  const walk = (value: unknown, pointer: string): void => {
    if (Array.isArray(value)) value.forEach((item, index) => void walk(item, below(pointer, index)));
    if (!isSchema(value)) return;
    for (const [keyword, held] of Object.entries(value)) {
      const at = below(pointer, keyword);
      if (holdsData.has(keyword)) continue;
      if (keyword === '$ref' && typeof held === 'string') {
        if (store.resolve(held, { ...root, schema: value, pointer }) === undefined) findings.push(strange(held, at));
      } else walk(held, at);
    }
  };
  walk(root.schema, '');
  return findings.map(finding => ({ source: root.source, finding }));
}

const strange = (reference: string, pointer: string): Finding => ({
  rule: rule.contractReference,
  pointer,
  message: /^[a-z]+:/i.test(reference)
    ? { zh: '$ref 指向外部', en: 'this $ref leads elsewhere' }
    : { zh: '$ref 指向不存在的模式', en: 'this $ref leads to no schema' },
  fix: {
    zh: '以相对路径引用 schemas/ 下的文件',
    en: 'refer to a file under schemas/ by relative path',
  },
});
