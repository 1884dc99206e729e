/** Makes up a value that passes a contract's schema: a request's example must be there before anybody has written one. */
import { isSchema, type Schema } from '../registry/schema-store.js';

/** A value for the schema; where a pattern or format decides, it may not pass, and `stile check` says so. */
export function sampleOf(schema: Schema): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const [alternative] = [schema.oneOf, schema.anyOf].flat().filter(isSchema);
  if (alternative !== undefined) return sampleOf(alternative);
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        (Array.isArray(schema.required) ? schema.required : []).map(name => [
          String(name),
          sampleOf(memberOf(schema, String(name))),
        ]),
      );
    case 'array':
      return Array.from({ length: Number(schema.minItems ?? 0) }, () =>
        sampleOf(isSchema(schema.items) ? schema.items : {}),
      );
    case 'integer':
    case 'number':
      return numberFor(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return textFor(schema);
  }
}

function memberOf({ properties }: Schema, name: string): Schema {
  const member = isSchema(properties) ? properties[name] : undefined;
  return isSchema(member) ? member : {};
}

function numberFor({ minimum, exclusiveMinimum, maximum, multipleOf }: Schema): number {
  const least = typeof minimum === 'number' ? minimum : typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : 1;
  const step = typeof multipleOf === 'number' ? multipleOf : 1;
  const wanted = Math.ceil(least / step) * step;
  return typeof maximum === 'number' ? Math.min(wanted, maximum) : wanted;
}

function textFor({ format, minLength, maxLength }: Schema): string {
  if (format === 'date') return '2026-01-01';
  const text = 'TODO'.padEnd(Number(minLength ?? 0), '-');
  return typeof maxLength === 'number' ? text.slice(0, maxLength) : text;
}
