/** A department's PostgreSQL, asked through the sql adapter: what it answers, what it may not do, and what goes wrong. */

import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import t from 'tap';
import { callOf } from './calls.js';
import { postgresql, reader } from './sql-postgresql-systems.js';
import { answered, known, openSql } from './sql-systems.js';
import { startRaw, until } from './systems.js';

const each = {
  statement: 'SELECT xm FROM hydj WHERE hyzk = :status ORDER BY zjhm',
  parameters: { status: { from: 'status', codes: { '20': 'married' } } },
  rows: 'each',
  reply: { fields: { people: { from: 'rows', each: { fields: { name: 'xm' } } } } },
};

t.test('one row, all rows, and none', async t => {
  const { ask } = await postgresql(t);
  t.strictSame(await ask(), answered);
  const married = { request: { status: 'married' } };
  t.strictSame(await ask({ ask: each, ...married }), { body: { people: [{ name: '张三' }, { name: '𠮷' }] } });
  t.match(await ask({ ask: { ...each, rowLimit: 1 }, ...married }), {
    failure: 'too-large',
    detail: 'more than 1 rows',
  });
  t.match(await ask({ ask: { ...each, rows: 'one' }, ...married }), {
    failure: 'malformed',
    detail: 'more than one row',
  });

  const nobody = { request: { residentId: '9' } };
  const absent = { reply: { fields: { residentId: { request: 'residentId' }, status: { constant: 'single' } } } };
  t.match(await ask(nobody), { failure: 'rejected', notActed: true });
  t.strictSame(await ask({ ...nobody, ask: { absent } }), { body: { residentId: '9', status: 'single' } });
  t.strictSame(
    await ask({ ask: { statement: "SELECT xm FROM hydj WHERE hyzk = '90'", rows: 'each', reply: each.reply } }),
    {
      body: { people: [] },
    },
  );
});

t.test('values arrive as they are: not rounded, not shifted, not guessed', async t => {
  const { value } = await postgresql(t, { utcOffset: '+05:30' });
  for (const [expression, is] of [
    ['9007199254740993::bigint', '9007199254740993'],
    ['7::bigint', '7'],
    ['12.50::numeric(9,2)', '12.50'],
    ['7::smallint', 7],
    ['(-2147483648)::integer', -2147483648],
    ['0.1::float8', 0.1],
    ["'NaN'::float8", 'NaN'],
    ['true', true],
    ["date '1988-04-12'", '1988-04-12'],
    ["timestamp '1988-04-12 00:00:01'", '1988-04-12 00:00:01'],
    ["timestamptz '1988-04-12 00:00:00Z'", '1988-04-12T05:30:00+05:30'],
    ["timestamptz '1988-04-12 23:00:00.25Z'", '1988-04-13T04:30:00.25+05:30'],
    ['\'{"a":[1]}\'::jsonb', { a: [1] }],
    ["'𠮷'::text", '𠮷'],
  ] as const) {
    t.strictSame(await value(expression), { body: is }, expression);
  }
  t.match(await value("'\\x00'::bytea".replace('\\', '')), {
    failure: 'malformed',
    detail: 'column v: bytes are no data of a contract',
  });
  t.match(await value('\'{"a":1,"a":2}\'::json'), { failure: 'malformed' });
  t.match(await value('1 AS v, 2'), { failure: 'malformed', detail: 'two columns are named v' });
});

t.test('parameters are bound, each as the statement needs it', async t => {
  const { value } = await postgresql(t);
  const request = { a: '1', n: 3, yes: true, on: '1988-04-12', list: ['x'] };
  t.strictSame(await value(':a::text || :a', {}, request), { body: '11' });
  t.strictSame(await value(':n + 1', {}, request), { body: 4 });
  t.strictSame(await value('NOT :yes', {}, request), { body: false });
  t.strictSame(await value(':on::text', { on: { from: 'on', date: 'YYYYMMDD' } }, request), { body: '19880412' });
  t.strictSame(
    await value('coalesce(:b, :c)::text', { b: { from: 'b', optional: true }, c: { constant: 'z' } }, request),
    { body: 'z' },
  );
  t.match(await value(':b::text', {}, request), {
    failure: 'rejected',
    detail: 'not asked: parameter b: value is missing',
    notActed: true,
  });
  t.match(await value(':list::text', {}, request), {
    failure: 'rejected',
    detail: 'not asked: parameter list is not one value',
  });
  t.match(await value(':a::text', {}, { a: '\ud800' }), {
    failure: 'rejected',
    detail: 'not asked: parameter a is no text',
  });
});

t.test('the reply says how old its data is', async t => {
  const { ask } = await postgresql(t);
  const statement = "SELECT zjhm, xm, hyzk, '20240102030405' AS gxsj FROM hydj WHERE zjhm = :residentId";
  t.strictSame(await ask({ ask: { statement, asOf: { from: 'gxsj', time: 'YYYYMMDDHHmmss' } } }), {
    ...answered,
    asOf: '2024-01-02T03:04:05+08:00',
  });
  t.match(await ask({ ask: { statement, asOf: { from: 'gxsj', time: 'iso' } } }), {
    failure: 'malformed',
    detail: 'as of: value is no iso',
  });
});

t.test('the database knows the record’s id, and forgets it with the question', async t => {
  const { value, opened } = await postgresql(t);
  const requestId = randomUUID();
  const statement = "SELECT current_setting('stile.request_id') || ' ' || current_setting('application_name') AS v";
  t.strictSame(await opened.ask({}, callOf({ requestId, ask: { statement, reply: 'v' } })), {
    body: `${requestId} stile/${requestId}`,
  });
  const hostile = "x', false), ('";
  t.strictSame(await opened.ask({}, callOf({ requestId: hostile, ask: { statement, reply: 'v' } })), {
    body: `${hostile} stile/${hostile}`,
  });
  t.strictSame(await value('1'), { body: 1 });
});

t.test('nothing can be written', async t => {
  const { ask, value, owner } = await postgresql(t);
  await owner.query(
    "CREATE SEQUENCE numbers; CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM hydj; SELECT 1'",
  );
  const write = { statement: 'WITH gone AS (DELETE FROM hydj RETURNING *) SELECT zjhm, xm, hyzk FROM gone' };
  t.match(await ask({ ask: write }), { failure: 'failing' });
  t.match(await value('wipe()'), { failure: 'failing', detail: 'SQLSTATE 25006' });
  t.match(await value("nextval('numbers')"), { failure: 'failing', detail: 'SQLSTATE 25006' });
  t.match(await value("set_config('transaction_read_only', 'off', true)"), { failure: 'failing' });
  t.strictSame(await ask(), answered, 'the connection serves on');
  const { rows } = await owner.query('SELECT count(*) FROM hydj');
  t.strictSame(rows, [{ count: '3' }]);
});

t.test('what goes wrong, said without a value', async t => {
  const secret = 'value-of-a-person';
  const { ask, value, owner, settings } = await postgresql(t);
  const found = [
    [await value(':a::integer', {}, { a: secret }), 'rejected', 'SQLSTATE 22P02'],
    [await value(':a::text', {}, { a: `${secret}\0` }), 'rejected', 'SQLSTATE 22021'],
    [await value('nowhere'), 'failing', 'SQLSTATE 42703'],
    [await value('1 / 0'), 'failing', 'SQLSTATE 22012'],
    [await ask({ ask: { reply: { fields: { residentId: 'nr' } } } }), 'malformed', 'residentId is missing'],
    [
      await ask({ call: { replyLimit: 400 }, ask: { statement: "SELECT repeat('x', 9999) AS zjhm" } }),
      'too-large',
      'more than 400 bytes',
    ],
    [
      await ask({ call: { deadline: 200 }, ask: { statement: 'SELECT pg_sleep(600)::text AS zjhm' } }),
      'timeout',
      undefined,
    ],
    [await openSql(t, { ...settings, database: 'none' }).ask(), 'failing', 'SQLSTATE 3D000'],
  ] as const;
  for (const [failed, kind, detail] of found) {
    t.match(failed, { failure: kind, ...(detail && { detail }) });
    t.notMatch(JSON.stringify(failed), secret);
  }
  const login = await reader(t, owner);
  await owner.query('CREATE TABLE other (a int)');
  const limited = openSql(t, { ...settings, ...login });
  t.strictSame(await limited.ask(), answered);
  t.match(await limited.value('(SELECT a FROM other)'), { failure: 'denied', detail: 'SQLSTATE 42501' });
  await limited.opened.close();
  t.strictSame(await ask(), answered);
});

t.test('the database gives up when the adapter does', async t => {
  const { ask, owner } = await postgresql(t);
  t.match(await ask({ call: { deadline: 300 }, ask: { statement: 'SELECT pg_sleep(600)::text AS zjhm' } }), {
    failure: 'timeout',
  });
  const busy =
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'stile/%' AND state = 'active'";
  let left: number | null = 1;
  while (left !== 0) left = (await owner.query(busy)).rowCount;
  t.strictSame(await ask(), answered, 'and others are served');
});

t.test('a database that is not there, does not speak, or hangs', async t => {
  const { settings, opened } = await postgresql(t);
  t.equal(await opened.probe(AbortSignal.timeout(3000)), null);
  const silent = await startRaw(() => undefined);
  const garbage = await startRaw(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  t.teardown(() => Promise.all([silent.close(), garbage.close()]));
  const at = (port: number, more = {}) =>
    openSql(t, { ...settings, host: '127.0.0.1', port, unencrypted: true, ...more });
  t.match(await at(silent.port).ask({ call: { deadline: 100 } }), { failure: 'timeout', notActed: true });
  t.match(await at(silent.port, { connectTimeout: 50 }).ask(), { failure: 'unreachable', notActed: true });
  t.ok(silent.sockets.length > 0);
  await until(() => silent.sockets.every(socket => socket.destroyed));
  t.match(await at(garbage.port).ask(), { failure: 'unreachable' });
  t.match(await at(garbage.port, { unencrypted: undefined }).ask(), { failure: 'unreachable' }, 'never without TLS');
  t.match(await at(silent.port).opened.probe(AbortSignal.timeout(50)), { failure: 'timeout' });
  const free = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => free.once('listening', resolve));
  const { port } = free.address() as { port: number };
  await new Promise(resolve => free.close(resolve));
  const refused = await at(port, { password: 'correct-horse' }).ask({ request: known });
  t.match(refused, { failure: 'unreachable', notActed: true });
  t.notMatch(JSON.stringify(refused), 'correct-horse');
});

t.test('what is open is warned of', async t => {
  const log: string[] = [];
  openSql(t, { driver: 'postgresql', host: 'a.stile.example', unencrypted: true }, log);
  openSql(t, { driver: 'postgresql', host: 'a.stile.example', unverifiedTls: true }, log);
  t.match(log[0], /unencrypted is set/);
  t.match(log[1], /unverifiedTls is set/);
});
