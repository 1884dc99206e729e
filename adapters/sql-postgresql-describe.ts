/** Asks PostgreSQL what a statement takes and gives: it is parsed and planned, its privileges are checked, and it is not run. */
import type pg from 'pg';
import { decoderOf } from './sql-postgresql-values.js';
import type { ColumnContent, SqlParameter, SqlShape } from './sql-shape.js';

/** By the type's object identifier (PostgreSQL's pg_type.dat), a value as the database writes it. */
const samples: ReadonlyMap<number, string> = new Map([
  [16, 't'],
  [20, '1'],
  [21, '1'],
  [23, '1'],
  [700, '1'],
  [701, '1'],
  [1082, '2024-02-03'],
  [1083, '04:05:06'],
  [1114, '2024-02-03 04:05:06'],
  [1184, '2024-02-03 04:05:06+08'],
  [1266, '04:05:06+08'],
  [1700, '1'],
]);
const bytes = 17;
const json: ReadonlySet<number> = new Set([114, 3802]);
const numbers: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 1700]);
const boolean = 16;

/**
 * @param client in a transaction that can only read
 * @param count parameters of the statement
 * @throws what the library does
 */
export async function describe(client: pg.Client, text: string, count: number): Promise<SqlShape> {
  await client.query(`PREPARE stile AS ${text}`);
  const { rows: prepared } = await client.query<{ types: string[] }>(
    "SELECT parameter_types::oid[]::text[] AS types FROM pg_prepared_statements WHERE name = 'stile'",
  );
  await client.query('DEALLOCATE stile');
  const values = Array.from({ length: count }, () => null);
  await client.query({ text: `DECLARE stile NO SCROLL CURSOR FOR ${text}`, values });
  const { fields } = await client.query('FETCH 0 FROM stile');
  const parameters = (prepared[0]?.types ?? []).map(Number);
  const columns = fields.map(({ dataTypeID }) => dataTypeID);
  const { rows: named } = await client.query<{ name: string }>(
    'SELECT format_type(type, NULL) AS name FROM unnest($1::oid[]) WITH ORDINALITY AS given (type, place) ORDER BY place',
    [[...columns, ...parameters]],
  );
  const nameAt = (at: number): string => named[at]?.name ?? '';
  return {
    columns: fields.map(({ name }, at) => ({ name, type: nameAt(at), holds: contentOf(columns[at] ?? 0) })),
    parameters: parameters.map((type, at) => ({ type: nameAt(columns.length + at), takes: takes(type) })),
  };
}

function contentOf(type: number): ColumnContent {
  if (type === bytes) return 'bytes';
  if (json.has(type)) return 'json';
  const sample = samples.get(type);
  if (sample === undefined) return 'any-text';
  const read = decoderOf(type, 0, () => ({ fault: '' }))(sample);
  return 'value' in read ? { sample: read.value as string | number | boolean } : 'any-text';
}

function takes(type: number): SqlParameter['takes'] {
  if (type === boolean) return 'boolean';
  return numbers.has(type) ? 'number' : undefined;
}
