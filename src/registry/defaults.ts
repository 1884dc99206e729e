/** The one place where defaults are filled: those that the schemas of config files state. */
import { valueAt } from './fault.js';
import { isSchema as isObject, type Schema } from './schema-store.js';

/**
 * A valid value in which every absent key has its schema's `default`; parts that have all are taken as they are, not copied.
 * Follows properties, additionalProperties, items and `$ref` within the schema.
 */
export function withDefaults(value: unknown, schema: Schema, whole: Schema = schema): unknown {
  const target = typeof schema.$ref === 'string' ? (valueAt(whole, schema.$ref.slice(1)) as Schema) : schema;
  if (Array.isArray(value)) {
    const items = target.items;
    if (!isObject(items)) return value;
    const made = value.map(item => withDefaults(item, items, whole));
    return made.every((item, at) => item === value[at]) ? value : made;
  }
  if (!isObject(value)) return value;
  const properties = isObject(target.properties) ? target.properties : {};
  const filled: Record<string, unknown> = {};
  let changed = false;
  for (const [key, held] of Object.entries(value)) {
    const below = Object.hasOwn(properties, key) ? properties[key] : target.additionalProperties;
    filled[key] = isObject(below) ? withDefaults(held, below, whole) : held;
    changed ||= filled[key] !== held;
  }
  for (const [key, below] of Object.entries(properties)) {
    if (key in filled || !isObject(below) || below.default === undefined) continue;
    filled[key] = withDefaults(structuredClone(below.default), below, whole);
    changed = true;
  }
  return changed ? filled : value;
}
