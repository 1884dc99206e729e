/** Reads what `mysql2` hands over into what JSON has: nothing is rounded, no time moves, and bytes are refused. */
import mysql, { type FieldPacket } from 'mysql2';
import type { AdapterContext } from './adapter.js';

export function decode(
  value: unknown,
  { columnType, extendedFormat }: FieldPacket,
  depthLimit: number,
  readJson: AdapterContext['readJson'],
): { readonly value: unknown } | { readonly fault: string } {
  if (value === null) return { value };
  // MariaDB's JSON is text with a remark.
  if (typeof value === 'string' && (columnType === mysql.Types.JSON || extendedFormat === 'json')) {
    return readJson(value, depthLimit);
  }
  if (typeof value === 'object') return { fault: 'bytes are no data of a contract' };
  if (typeof value === 'number' && columnType === mysql.Types.FLOAT) return { value: shortest(value) };
  return { value };
}

/** The fewest digits that name this float of four bytes: as a double, 0.1 would have become 0.10000000149011612. */
function shortest(value: number): number {
  const digits = [6, 7, 8].find(count => Math.fround(Number(value.toPrecision(count))) === value) ?? 9;
  return Number(value.toPrecision(digits));
}
