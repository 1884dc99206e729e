/** Makes the mapping between a department's data and a contract that has its names: what must be there, and what may be. */
import type { Mapping } from '../../schemas/stile/adapters/http-service.js';
import { isSchema, type Schema } from '../registry/schema-store.js';

/** How a value is read, part by part: what the contract does not name is left behind. */
export function mappingOf(schema: Schema, from: string | undefined, required: boolean): Mapping {
  const base = { ...(from === undefined ? {} : { from }), ...(required ? {} : { optional: true }) };
  if (schema.type === 'object' && isSchema(schema.properties) && Object.keys(schema.properties).length > 0) {
    const needed = requiredIn(schema);
    const fields = Object.entries(schema.properties).flatMap(([name, member]) =>
      isSchema(member) ? [[name, mappingOf(member, name, needed.includes(name))] as const] : [],
    );
    return { ...base, fields: Object.fromEntries(fields) };
  }
  if (schema.type === 'array' && isSchema(schema.items) && ['object', 'array'].includes(String(schema.items.type))) {
    return { ...base, each: mappingOf(schema.items, undefined, true) };
  }
  return from !== undefined && required ? from : base;
}

export const requiredIn = ({ required }: Schema): string[] => (Array.isArray(required) ? required.map(String) : []);

/** A reply is an object: what is none is put into one. */
export const wrapName = ({ type }: Schema): string => (type === 'array' ? 'items' : 'value');
export const wrapped = (schema: Schema): Schema => ({
  type: 'object',
  properties: { [wrapName(schema)]: schema },
  required: [wrapName(schema)],
  additionalProperties: false,
});
