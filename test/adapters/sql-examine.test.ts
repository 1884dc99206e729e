/** What a live database says of a statement is held against mapping and contract, before any row is read. */
import t, { type Test } from 'tap';
import type { Adapter, FieldShape, JsonObject, SettingFault } from '../../adapters/adapter.js';
import { isInstalled } from '../installed.js';
import { mariadb, program } from './sql-mariadb.js';
import { postgresql, reader } from './sql-postgresql-systems.js';
import { openSql, service } from './sql-systems.js';

const field = (type: string, format?: string): FieldShape => ({ type, format });
const contract = {
  request: new Map([
    ['residentId', field('string')],
    ['year', field('integer')],
    ['isOpen', field('boolean')],
  ]),
  reply: new Map([
    ['residentId', field('string')],
    ['name', field('string')],
    ['status', field('string')],
    ['count', field('integer')],
    ['isOpen', field('boolean')],
    ['on', field('string', 'date')],
    ['at', field('string', 'date-time')],
    ['people', field('array')],
    ['people[].name', field('string')],
    ['people[].count', field('integer')],
  ]),
};

/** `pointer: message` of each fault. */
async function told(opened: Adapter, ask: JsonObject): Promise<string[]> {
  const found = (await opened.examine?.(ask, contract, AbortSignal.timeout(20_000))) ?? [];
  if ('failure' in found) return [`${found.failure}: ${found.detail}`];
  return (found as readonly SettingFault[]).map(({ pointer, message }) => `${pointer}: ${message.en}`);
}

/** Asks for columns by the contract's field, each through its rule. */
const columns = (text: string, fields: JsonObject): JsonObject => ({ statement: `SELECT ${text}`, reply: { fields } });

/** What both kinds of database say alike; `type` are their own words. */
async function alike(
  t: Test,
  opened: Adapter,
  type: Readonly<Record<'int' | 'big' | 'text' | 'date' | 'stamp', string>>,
) {
  t.strictSame(await told(opened, service), []);
  const each = {
    statement: 'SELECT xm, cs FROM hydj WHERE hyzk = :residentId',
    rows: 'each',
    reply: { fields: { people: { from: 'rows', each: { fields: { name: 'xm', count: 'cs' } } } } },
  };
  t.strictSame(await told(opened, each), []);
  const people = { from: 'rows', expression: '[{ "a": $[0].xm }]', each: { fields: { name: 'a' } } };
  t.strictSame(
    await told(opened, { ...each, reply: { fields: { people } } }),
    [],
    'what an expression makes is no column',
  );
  const misread = {
    ...each,
    reply: { fields: { people: { from: 'rows', each: { fields: { name: 'nm', count: 'xm' } } } } },
  };
  t.strictSame(await told(opened, misread), [
    '/reply/fields/people/each/fields/name: the statement gives no column nm',
    `/reply/fields/people/each/fields/count: column xm is ${type.text}, and the contract wants integer`,
  ]);
  t.strictSame(
    await told(opened, {
      ...service,
      reply: { fields: { residentId: { from: 'zjh' }, name: 'xm', count: 'cs' } },
      statement: 'SELECT zjhm, xm, CAST(cs AS decimal(20,0)) AS cs FROM hydj WHERE zjhm = :residentId',
    }),
    [
      '/reply/fields/residentId/from: the statement gives no column zjh',
      `/reply/fields/count: column cs is ${type.big}, and the contract wants integer`,
    ],
  );
  t.strictSame(await told(opened, columns('cs FROM hydj', { name: 'cs' })), [
    `/reply/fields/name: column cs is ${type.int}, and the contract wants string`,
  ]);
  const stamp = "CAST('2024-01-02 03:04:05' AS";
  const dates = `CAST('2024-01-02' AS date) AS d`;
  t.strictSame(await told(opened, columns(dates, { on: { from: 'd', date: 'YYYY-MM-DD' } })), []);
  t.strictSame(await told(opened, columns(dates, { on: 'd' })), [], 'written as the contract wants it');
  t.strictSame(await told(opened, columns(dates, { on: { from: 'd', date: 'YYYYMMDD' }, at: 'd' })), [
    `/reply/fields/on/from: column d is ${type.date}, which is no YYYYMMDD`,
    `/reply/fields/at: column d is ${type.date}, and the contract wants string (date-time)`,
  ]);
  const stamped = `${stamp} ${type.stamp === 'DATETIME' ? 'datetime' : 'timestamp'}) AS s`;
  t.strictSame(await told(opened, columns(stamped, { at: 's' })), [
    `/reply/fields/at: column s is ${type.stamp}, and the contract wants string (date-time)`,
  ]);
  const formed = columns(stamped, { at: { from: 's', time: 'YYYY-MM-DD HH:mm:ss' } });
  t.strictSame(await told(opened, formed), []);
  t.strictSame(await told(opened, { ...formed, asOf: { from: 's', time: 'iso' } }), [
    `/asOf/from: column s is ${type.stamp}, which is no iso`,
  ]);
  t.strictSame(await told(opened, columns('1 AS a, 2 AS a', { count: 'a' })), ['/statement: two columns are named a']);
  t.match((await told(opened, columns('nr FROM hydj', { name: 'nr' })))[0], /^\/statement: .*SQLSTATE 42\w+, .*nr/);
  t.match((await told(opened, columns('a FROM nowhere', { name: 'a' })))[0], /^\/statement: .*nowhere/);
}

t.test('PostgreSQL', async t => {
  const { opened, owner, settings } = await postgresql(t);
  await alike(t, opened, {
    ...{ int: 'integer', big: 'numeric', text: 'character varying', date: 'date' },
    stamp: 'timestamp without time zone',
  });
  t.strictSame(
    await told(
      opened,
      columns("cs::bigint AS n, 'x'::bytea AS b FROM hydj", { count: { from: 'n', as: 'number' }, name: 'b' }),
    ),
    ['/reply/fields/name: column b is bytea, and bytes are no data of a contract'],
  );
  t.strictSame(
    await told(opened, columns('now() AS n, true AS o', { at: { from: 'n', time: 'iso' }, isOpen: 'o' })),
    [],
  );
  t.strictSame(
    await told(opened, columns(`'{"a":1}'::json AS j`, { name: 'j.a', status: 'k.a' })),
    ['/reply/fields/status: the statement gives no column k'],
    'what is within JSON is for the contract to judge',
  );
  const asked = (where: string, parameters?: JsonObject): JsonObject => ({
    statement: `SELECT xm FROM hydj WHERE ${where}`,
    reply: { fields: { name: 'xm' } },
    ...(parameters && { parameters }),
  });
  t.strictSame(await told(opened, asked('cs = :year AND :isOpen')), []);
  t.strictSame(await told(opened, asked('cs = :residentId')), [
    '/statement: parameter residentId is string, and the database takes integer',
  ]);
  t.strictSame(await told(opened, asked('cs = :n', { n: 'residentId' })), [
    '/parameters/n: parameter n is string, and the database takes integer',
  ]);
  t.strictSame(await told(opened, asked('cs = :n', { n: { from: 'residentId', as: 'number' } })), []);
  const login = await reader(t, owner);
  await owner.query(
    'CREATE TABLE other (a text); CREATE FUNCTION wipe() RETURNS text LANGUAGE sql AS $$ DELETE FROM hydj RETURNING xm $$',
  );
  const limited = openSql(t, { ...settings, ...login });
  t.strictSame(await told(limited.opened, service), []);
  t.match(await told(limited.opened, columns('a FROM other', { name: 'a' })), [
    /^\/statement: .*42501, permission denied/,
  ]);
  t.strictSame(await told(opened, columns('wipe() AS w', { name: 'w' })), [], 'nothing is run');
  t.match((await owner.query('SELECT count(*)::int AS n FROM hydj')).rows, [{ n: 3 }]);
  t.match((await owner.query('SELECT count(*)::int AS n FROM pg_prepared_statements')).rows, [{ n: 0 }]);
  await limited.opened.close();
  const away = openSql(t, { ...settings, database: 'none' });
  t.match(await told(away.opened, service), ['failing: SQLSTATE 3D000']);
});

if (isInstalled(t, program)) {
  t.test('MariaDB', async t => {
    const { opened, owner } = await mariadb(t);
    await alike(t, opened, { int: 'LONG', big: 'NEWDECIMAL', text: 'VAR_STRING', date: 'DATE', stamp: 'DATETIME' });
    await owner.query('CREATE TABLE other (a int, b blob)');
    t.match(await told(opened, columns('a FROM other', { count: 'a' })), [/^\/statement: .*SELECT command denied/]);
    await owner.query('GRANT SELECT ON marriages.other TO reader');
    t.strictSame(await told(opened, columns('a, b FROM other', { count: 'a', name: 'b' })), [
      '/reply/fields/name: column b is BLOB, and bytes are no data of a contract',
    ]);
  });
}
