/** A department's MariaDB, asked through the sql adapter: what it answers, what it may not do, and what goes wrong. */
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { isInstalled } from '../installed.js';
import { callOf } from './calls.js';
import { mariadb, program, serverName } from './sql-mariadb.js';
import { answered, openSql } from './sql-systems.js';
import { startRaw } from './systems.js';

if (isInstalled(t, program)) {
  const { owner, port, authority, login, settings, opened, ask, value } = await mariadb(t, { utcOffset: '+05:30' });
  const each = {
    statement: 'SELECT xm FROM hydj WHERE hyzk = :status ORDER BY zjhm',
    parameters: { status: { from: 'status', codes: { '20': 'married' } } },
    rows: 'each',
    reply: { fields: { people: { from: 'rows', each: { fields: { name: 'xm' } } } } },
  };

  t.test('one row, all rows, and none', async t => {
    t.strictSame(await ask(), answered);
    const married = { request: { status: 'married' } };
    t.strictSame(await ask({ ask: each, ...married }), { body: { people: [{ name: '张三' }, { name: '𠮷' }] } });
    t.match(await ask({ ask: { ...each, rowLimit: 1 }, ...married }), { failure: 'too-large' });
    t.match(await ask({ ask: { ...each, rows: 'one' }, ...married }), { failure: 'malformed' });
    t.match(await ask({ request: { residentId: '9' } }), { failure: 'rejected', notActed: true });
    t.strictSame(
      await ask({
        ask: { statement: 'SELECT xm AS v FROM hydj WHERE cs = :n OR cs = :m OR cs = :n', reply: 'v' },
        request: { n: 1, m: 7 },
      }),
      { body: '张三' },
    );
  });

  t.test('values arrive as they are: not rounded, not shifted, not guessed', async t => {
    await owner.query(`CREATE TABLE types (a bigint, b bigint unsigned, c decimal(9,2), d float, e double, f date, g datetime(3),
      h timestamp, i json, j blob, k tinyint, l char(3), m time, n binary(2), o bit(3))`);
    await owner.query("SET time_zone = '+00:00'");
    await owner.query(`INSERT INTO types VALUES (-9007199254740993, 18446744073709551615, 12.50, 0.1, 0.1, '1988-04-12',
      '1988-04-12 00:00:01.250', '2024-01-02 23:00:00', '{"a":[1]}', 'x', -1, '𠮷', '08:00:00', 'ab', b'101')`);
    await owner.query('GRANT SELECT ON marriages.types TO reader');
    const column = (name: string) =>
      opened.ask({}, callOf({ ask: { statement: `SELECT ${name} AS v FROM types`, reply: 'v' } }));
    for (const [name, is] of [
      ['a', '-9007199254740993'],
      ['b', '18446744073709551615'],
      ['c', '12.50'],
      ['d', 0.1],
      ['e', 0.1],
      ['f', '1988-04-12'],
      ['g', '1988-04-12 00:00:01.250'],
      ['h', '2024-01-03 04:30:00'],
      ['i', { a: [1] }],
      ['k', -1],
      ['l', '𠮷'],
      ['m', '08:00:00'],
    ] as const) {
      t.strictSame(await column(name), { body: is }, name);
    }
    for (const name of ['j', 'n', 'o']) {
      t.match(await column(name), { failure: 'malformed', detail: 'column v: bytes are no data of a contract' }, name);
    }
  });

  t.test('a value is never taken for another', async t => {
    const everybody = {
      statement: 'SELECT xm FROM hydj WHERE zjhm = :who',
      rows: 'each',
      reply: { fields: { people: { from: 'rows', each: 'xm' } } },
    };
    await owner.query("INSERT INTO hydj VALUES ('X', '王五', '10', 0)");
    t.match(await ask({ ask: everybody, request: { who: 0 } }), {
      failure: 'rejected',
      detail: 'the database took a value for another',
    });
    const number = { ...everybody, statement: 'SELECT xm FROM hydj WHERE cs = :who' };
    t.match(await ask({ ask: number, request: { who: '2 or so' } }), { failure: 'rejected' });
    t.strictSame(await ask({ ask: number, request: { who: 2 } }), { body: { people: ['𠮷'] } });
  });

  t.test('the database knows the record’s id', async t => {
    for (const requestId of [randomUUID(), "x', @a = '"]) {
      const asked = callOf({ requestId, ask: { statement: 'SELECT @stile_request_id AS v', reply: 'v' } });
      t.strictSame(await opened.ask({}, asked), { body: requestId });
    }
  });

  t.test('nothing can be written', async t => {
    await owner.query('CREATE FUNCTION wipe() RETURNS int MODIFIES SQL DATA BEGIN DELETE FROM hydj; RETURN 1; END');
    await owner.query('GRANT EXECUTE, DELETE ON marriages.* TO reader');
    t.match(await value('wipe()'), {
      failure: 'failing',
      detail: 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, SQLSTATE 25006',
    });
    t.strictSame(await ask(), answered, 'the connection serves on');
    const [rows] = await owner.query('SELECT count(*) AS n FROM hydj');
    t.strictSame(rows, [{ n: 4 }]);
  });

  t.test('what goes wrong, said without a value', async t => {
    const found = [
      [await value('nowhere'), 'failing'],
      [await ask({ ask: { statement: "SELECT repeat('x', 9999) AS zjhm" }, call: { replyLimit: 2000 } }), 'too-large'],
      [await ask({ ask: { statement: 'SELECT sleep(600) AS zjhm' }, call: { deadline: 300 } }), 'timeout'],
      [await openSql(t, { ...settings, password: 'battery-staple' }).ask(), 'denied'],
      [await openSql(t, { ...settings, database: 'mysql' }).ask(), 'denied'],
      [await ask({ ask: { statement: 'SELECT xm FROM mysql.user' } }), 'denied'],
      [await ask({ ask: { reply: 'nr' } }), 'malformed'],
    ] as const;
    for (const [failed, kind] of found) {
      t.match(failed, { failure: kind });
      t.notMatch(JSON.stringify(failed), /battery|xxxx|张三/);
    }
    t.strictSame(await ask(), answered);
    let running = 1;
    while (running > 0) {
      const [rows] = await owner.query(
        "SELECT 1 FROM information_schema.processlist WHERE info LIKE '%sleep(600)%' AND id <> connection_id()",
      );
      running = (rows as unknown[]).length;
    }
    t.pass('the database gave up too');
  });

  t.test('TLS, verified', async t => {
    const at = (more: object) => openSql(t, { ...login, host: '127.0.0.1', port, ...more }).ask();
    const tls = { authority: authority.certificate, serverName };
    t.strictSame(await at({ tls }), answered);
    t.match(await at({ tls: { ...tls, serverName: 'other.stile.example' } }), {
      failure: 'unreachable',
      notActed: true,
    });
    t.match(await at({ tls: { serverName } }), { failure: 'unreachable' }, 'nobody vouches for it');
    t.match(await at({}), { failure: 'unreachable' });
    t.strictSame(await at({ unverifiedTls: true }), answered);
    t.strictSame(await at({ unencrypted: true }), answered);
    await owner.query('ALTER USER reader REQUIRE SSL');
    t.match(await at({ unencrypted: true }), { failure: 'denied' });
    t.strictSame(await at({ tls }), answered, 'it was TLS');
    await owner.query('ALTER USER reader REQUIRE NONE');
  });

  t.test('a database that does not speak', async t => {
    const silent = await startRaw(() => undefined);
    t.teardown(() => silent.close());
    const at = (more = {}) =>
      openSql(t, { ...login, host: '127.0.0.1', port: silent.port, unencrypted: true, ...more });
    t.match(await at().ask({ call: { deadline: 100 } }), { failure: 'timeout', notActed: true });
    t.match(await at({ connectTimeout: 50 }).ask(), { failure: 'unreachable', notActed: true });
    t.match(await at().opened.probe(AbortSignal.timeout(50)), { failure: 'timeout' });
  });
}
