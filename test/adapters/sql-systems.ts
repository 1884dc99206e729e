/** A department's database for tests: a real server with a few residents, asked through the sql adapter. */
import type { Test } from 'tap';
import type { Call, JsonObject } from '../../adapters/adapter.js';
import { adapter } from '../../adapters/sql.js';
import { callOf, contextOf } from './calls.js';

/** How the database is asked, unless a test says otherwise. */
export const service: JsonObject = {
  statement: 'SELECT zjhm, xm, hyzk FROM hydj WHERE zjhm = :residentId',
  reply: {
    fields: { residentId: 'zjhm', name: 'xm', status: { from: 'hyzk', codes: { '10': 'single', '20': 'married' } } },
  },
};
/** What it answers about the resident of {@link known}. */
export const answered = { body: { residentId: '1', name: '张三', status: 'married' } };
export const known = { residentId: '1' };

/** The table that the statement of {@link service} reads, in every database's words. */
export const table = [
  'CREATE TABLE hydj (zjhm varchar(18), xm varchar(40), hyzk char(2), cs integer)',
  "INSERT INTO hydj VALUES ('1', '张三', '20', 1), ('2', '李四', '10', 0), ('3', '𠮷', '20', 2)",
];

export interface Given {
  readonly settings?: JsonObject;
  readonly ask?: JsonObject;
  readonly request?: JsonObject;
  readonly call?: Partial<Call>;
}

/** Opens the adapter on a database, closed when the test ends. */
export function openSql(t: Test, settings: JsonObject, log?: string[]) {
  const opened = adapter.open(settings, contextOf(log));
  t.teardown(() => opened.close());
  return {
    opened,
    ask: ({ ask, request = known, call }: Omit<Given, 'settings'> = {}) =>
      opened.ask(request, callOf({ ...call, ask: { ...service, ...ask } })),
    /** What one expression comes to, as the first column of one row. */
    value: (expression: string, parameters: JsonObject = {}, request: JsonObject = {}) =>
      opened.ask(request, callOf({ ask: { statement: `SELECT ${expression} AS v`, parameters, reply: 'v' } })),
  };
}
