/** The one place where defaults are filled: those that the schemas of config files state. */

type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A copy of a valid value in which every absent key has its schema's `default`.
 * Follows properties, additionalProperties, items and `$ref` within the schema.
 */
export function withDefaults(value: unknown, schema: Schema, whole: Schema = schema): unknown {
  const target = typeof schema.$ref === 'string' ? within(whole, schema.$ref) : schema;
  if (Array.isArray(value)) {
    const items = target.items;
    return isObject(items) ? value.map(item => withDefaults(item, items, whole)) : value;
  }
  if (!isObject(value)) return value;
  const properties = isObject(target.properties) ? target.properties : {};
  const filled: Record<string, unknown> = {};
  for (const [key, held] of Object.entries(value)) {
    const below = Object.hasOwn(properties, key) ? properties[key] : target.additionalProperties;
    filled[key] = isObject(below) ? withDefaults(held, below, whole) : held;
  }
  for (const [key, below] of Object.entries(properties)) {
    if (key in filled || !isObject(below) || below.default === undefined) continue;
    filled[key] = withDefaults(structuredClone(below.default), below, whole);
  }
  return filled;
}

/** What a local reference such as `#/$defs/text` points at. */
function within(whole: Schema, reference: string): Schema {
  let found: unknown = whole;
  for (const token of reference.split('/').slice(1)) found = isObject(found) ? found[token] : undefined;
  return isObject(found) ? found : {};
}
