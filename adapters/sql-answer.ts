/** Makes the contract's reply of the rows that a database found: one row, or all of them, through the mapping. */
import type { SqlService } from '../schemas/stile/adapters/sql-service.js';
import { type Answer, type Failure, failure, type JsonObject } from './adapter.js';
import { compileLaterMapping, compileMapping, reader } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';
import type { SqlTable } from './sql-driver.js';

export const defaultRowLimit = 1000;

/** What of a service's settings is about the rows found. */
export type TableService = Pick<SqlService, 'rows' | 'rowLimit' | 'reply' | 'absent' | 'asOf'>;

export type TableReader = (table: SqlTable, request: JsonObject) => Promise<Answer | Failure>;

/** Compiles a service's settings once. */
export function compileTable(service: TableService, scope: MappingScope): TableReader {
  const { rows = 'one', rowLimit = defaultRowLimit, absent } = service;
  const reply = compileLaterMapping(service.reply, scope, '/reply');
  const absentReply = absent && compileLaterMapping(absent.reply, scope, '/absent/reply');
  const asOf = compileAsOf(service.asOf, scope);

  return async (table, request) => {
    const found = rowsOf(table);
    if ('failure' in found) return found;
    if (found.length > rowLimit) return { failure: failure.tooLarge, detail: `more than ${rowLimit} rows` };
    if (found.length === 0 && absentReply !== undefined) {
      const mapped = await absentReply(undefined, request);
      return 'fault' in mapped ? malformed(`absent: ${mapped.fault}`) : { body: mapped.value };
    }
    if (rows === 'one' && found.length > 1) return malformed('more than one row');
    const source = rows === 'one' ? found[0] : { rows: found };
    if (source === undefined) {
      return { failure: failure.rejected, detail: 'there is no row, and no reply for that', notActed: true };
    }
    const mapped = await reply(source, request);
    if ('fault' in mapped) return malformed(mapped.fault);
    const time = asOf(source);
    if ('fault' in time) return malformed(`as of: ${time.fault}`);
    return typeof time.value === 'string' ? { body: mapped.value, asOf: time.value } : { body: mapped.value };
  };
}

const malformed = (detail: string): Failure => ({ failure: failure.malformed, detail });

/** Rows by the names of their columns; of two columns with one name nobody could say which is meant. */
function rowsOf({ columns, rows }: SqlTable): readonly JsonObject[] | Failure {
  const twice = columns.find((name, at) => columns.indexOf(name) < at);
  if (twice !== undefined) return malformed(`two columns are named ${twice}`);
  return rows.map(row => Object.fromEntries(row.map((cell, at) => [columns[at], cell])));
}

function compileAsOf(asOf: SqlService['asOf'], scope: MappingScope) {
  if (asOf === undefined) return () => ({ value: undefined });
  const make = compileMapping({ optional: true, time: asOf.time }, scope, '/asOf');
  const read = reader(asOf.from);
  return (source: unknown) => make(read(source));
}
