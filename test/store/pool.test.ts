import { createServer } from 'node:net';
import { pino } from 'pino';
import t from 'tap';
import { openPool } from '../../src/store/pool.js';
import { database } from '../database.js';
import { listening, once } from './statement.js';

const logger = pino({ level: 'silent' });

t.test('a durable server is opened', async t => {
  const pool = await openPool(await database(t), logger);
  t.same((await pool.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
  await pool.end();
});

t.test('a server that may lose what it has acknowledged is refused', async t => {
  const address = await database(t);
  await once(address, `ALTER DATABASE ${new URL(address).pathname.slice(1)} SET synchronous_commit = off`);
  await t.rejects(openPool(address, logger), { name: 'StoreError', message: /has synchronous_commit off/ });
});

t.test('a store that is not there, or wants another password, is told in plain words', async t => {
  const wrong = new URL(await database(t));
  wrong.password = 'guessed';
  await t.rejects(openPool(wrong.href, logger), {
    name: 'StoreError',
    message: /cannot be reached: .*Check DATABASE_URL/,
  });
  const closed = createServer();
  const port = await listening(closed);
  await new Promise(resolve => closed.close(resolve));
  await t.rejects(openPool(`postgresql://127.0.0.1:${port}/stile`, logger), { name: 'StoreError' });
});

t.test('a store that takes connections and says nothing does not hang the gateway', async t => {
  const silent = createServer();
  t.teardown(() => silent.close());
  const port = await listening(silent);
  await t.rejects(openPool(`postgresql://127.0.0.1:${port}/stile`, logger), { name: 'StoreError', message: /timeout/ });
});

t.test('a statement that takes too long ends', async t => {
  const pool = await openPool(await database(t), logger);
  t.teardown(() => pool.end());
  await t.rejects(pool.query('SELECT pg_sleep(60)'), /timeout/);
});

t.test('connections that break while idle are replaced', async t => {
  const address = await database(t);
  const pool = await openPool(address, logger);
  t.teardown(() => pool.end());
  const { rows } = await pool.query<{ id: number }>('SELECT pg_backend_pid() AS id');
  const broken = new Promise(resolve => pool.once('error', resolve));
  await once(address, `SELECT pg_terminate_backend(${rows[0]?.id})`);
  await broken;
  t.same((await pool.query('SELECT 1 AS one')).rows, [{ one: 1 }]);
});
