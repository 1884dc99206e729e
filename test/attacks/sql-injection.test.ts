/** Tries to have a department's database do more than it is asked, with values that end their statement: each is looked for, none runs. */
import t from 'tap';
import { callOf } from '../adapters/calls.js';
import { mariadb, program } from '../adapters/sql-mariadb.js';
import { postgresql } from '../adapters/sql-postgresql-systems.js';
import { isInstalled } from '../installed.js';

/** Each would list, change or delay something if it were ever part of the text. */
const breakouts = [
  "' OR '1'='1",
  "1' OR 1=1 --",
  "'; DELETE FROM hydj; --",
  "1'; COMMIT; DROP TABLE hydj; BEGIN; SELECT '1",
  "\\'; DELETE FROM hydj; --",
  "1' UNION SELECT zjhm, xm, hyzk FROM hydj --",
  "'||(SELECT xm FROM hydj LIMIT 1)||'",
  "1' AND (SELECT 1 FROM pg_sleep(600)) IS NULL --",
  '"; DELETE FROM hydj; --',
  '$1',
  ':residentId',
  '?',
  '$$; DELETE FROM hydj; $$',
  '/*',
  '%',
  '_',
  '1\u0000',
  '\u{ff07} OR 1=1',
  '1\r\nDELETE FROM hydj',
];

t.test('PostgreSQL', async t => {
  const { ask, value, opened, owner } = await postgresql(t);
  for (const breakout of breakouts) {
    const found = await ask({ request: { residentId: breakout } });
    t.match(found, { failure: 'rejected' }, JSON.stringify(breakout));
    t.notMatch(JSON.stringify(found), /张三|DELETE/);
    if (breakout.includes('\0')) continue;
    t.strictSame(await value(':a::text', {}, { a: breakout }), { body: breakout }, 'bound as it is');
    const statement = "SELECT current_setting('stile.request_id') AS v";
    const asked = callOf({ requestId: breakout, ask: { statement, reply: 'v' } });
    t.strictSame(await opened.ask({}, asked), { body: breakout }, 'and so is the record’s id');
  }
  const { rows } = await owner.query('SELECT count(*)::int FROM hydj');
  t.strictSame(rows, [{ count: 3 }]);
});

t.test('MariaDB', async t => {
  if (!isInstalled(t, program)) return;
  const { ask, opened, owner } = await mariadb(t);
  await owner.query('GRANT ALL ON marriages.* TO reader');
  for (const breakout of breakouts) {
    const found = await ask({ request: { residentId: breakout } });
    t.match(found, { failure: 'rejected' }, JSON.stringify(breakout));
    t.notMatch(JSON.stringify(found), /张三|DELETE/);
    const asked = callOf({
      requestId: breakout,
      ask: { statement: 'SELECT concat(@stile_request_id, :a) AS v', reply: 'v' },
    });
    t.strictSame(await opened.ask({ a: breakout }, asked), { body: breakout + breakout }, 'bound as it is');
  }
  const [rows] = await owner.query('SELECT count(*) AS n FROM hydj');
  t.strictSame(rows, [{ n: 3 }]);
});
