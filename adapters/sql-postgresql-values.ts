/** Reads what PostgreSQL writes as text into what JSON has: nothing is rounded, and no time moves to another zone. */
import type { AdapterContext } from './adapter.js';

type Decoded = { readonly value: unknown } | { readonly fault: string };
type Decoder = (text: string) => Decoded;

const asNumber: Decoder = text => {
  const value = Number(text);
  return { value: Number.isFinite(value) ? value : text };
};

/** With its zone, RFC 3339; infinity and years that it cannot write are left as they are. */
const asTime: Decoder = text => ({
  value: text.replace(
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?$/,
    (_, date, time, hours, minutes = ':00') => `${date}T${time}${hours}${minutes}`,
  ),
});

/** By the type's object identifier (PostgreSQL's pg_type.dat); all others, bigint and numeric among them, are text. */
const decoders: ReadonlyMap<number, Decoder> = new Map([
  [16, text => ({ value: text === 't' })],
  [17, () => ({ fault: 'bytes are no data of a contract' })],
  [21, asNumber],
  [23, asNumber],
  [700, asNumber],
  [701, asNumber],
  [1184, asTime],
]);
const json: ReadonlySet<number> = new Set([114, 3802]);

/** @param type object identifier of a column's type */
export function decoderOf(type: number, depthLimit: number, readJson: AdapterContext['readJson']): Decoder {
  if (json.has(type)) return text => readJson(text, depthLimit);
  return decoders.get(type) ?? (value => ({ value }));
}
