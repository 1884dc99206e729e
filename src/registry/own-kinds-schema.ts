/** What the schema of a department's file says of kinds that a department wrote itself: for editors alone, as `stile check` asks the modules. */
import { dialect } from './schema-keywords.js';
import type { Schema } from './schema-store.js';

/** Where it stands below schemas/stile/; the schema of a department's file refers to it. */
export const ownKindsPath = 'adapters/own.json';

/**
 * @param kinds in adapters/own/; it ships without any
 * @param refer where the schema of a kind's settings, or of a service's, is from there
 */
export const ownKindsSchema = (
  kinds: readonly string[] = [],
  refer: (kind: string, part: 'settings' | 'service') => string = () => '',
): Schema => ({
  $schema: dialect,
  title: 'Own kinds',
  description: 'Kinds of adapters/own/, for editors. 自有适配器，供编辑器补全。',
  $defs: {
    adapter: kinds.length === 0 ? {} : { allOf: kinds.map(kind => settingsOf(kind, refer(kind, 'settings'))) },
    service: kinds.length === 0 ? { not: {} } : { anyOf: kinds.map(kind => ({ $ref: refer(kind, 'service') })) },
  },
});

const settingsOf = (kind: string, $ref: string): Schema =>
  Object.fromEntries([
    ['if', { properties: { kind: { const: kind } }, required: ['kind'] }],
    ['then', { properties: { settings: { $ref } } }],
  ]);
