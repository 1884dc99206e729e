/** Asks MySQL or MariaDB what a statement gives: it is prepared, which checks its privileges, and it is not run. */
import mysql, { type Connection, type FieldPacket } from 'mysql2';
import type { ColumnContent, SqlShape } from './sql-shape.js';

/** As the library's connection has it; its types leave out what a prepared statement tells. */
interface Prepared {
  readonly columns: readonly FieldPacket[];
  readonly parameters: readonly unknown[];
  close(): void;
}

const { Types } = mysql;
const samples: ReadonlyMap<number, string | number> = new Map<number, string | number>([
  ...[Types.TINY, Types.SHORT, Types.LONG, Types.INT24, Types.YEAR, Types.FLOAT, Types.DOUBLE].map(
    type => [type, 1] as const,
  ),
  ...[Types.LONGLONG, Types.DECIMAL, Types.NEWDECIMAL].map(type => [type, '1'] as const),
  [Types.DATE, '2024-02-03'],
  [Types.DATETIME, '2024-02-03 04:05:06'],
  [Types.TIMESTAMP, '2024-02-03 04:05:06'],
  [Types.TIME, '04:05:06'],
]);
const never: ReadonlySet<number> = new Set([Types.BIT, Types.GEOMETRY]);
const names = new Map(
  Object.entries(Types).flatMap(([name, type]): [number, string][] => (typeof type === 'number' ? [[type, name]] : [])),
);
/** Character set of bytes. */
const binary = 63;

/** @throws what the library does */
export function describe(client: Connection, text: string): Promise<SqlShape> {
  return new Promise((resolve, reject) => {
    client.prepare(text, (error, statement) => {
      if (error) return reject(error);
      const { columns } = statement as unknown as Prepared;
      statement.close();
      resolve({
        columns: columns.map(column => ({
          name: column.name,
          type: names.get(column.columnType ?? -1) ?? 'unknown',
          holds: contentOf(column),
        })),
      });
    });
  });
}

function contentOf({ columnType = -1, characterSet, extendedFormat }: FieldPacket): ColumnContent {
  if (columnType === Types.JSON || extendedFormat === 'json') return 'json';
  if (never.has(columnType)) return 'bytes';
  const sample = samples.get(columnType);
  if (sample !== undefined) return { sample };
  return characterSet === binary ? 'bytes' : 'any-text';
}
