import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import t from 'tap';
import { listen } from '../../src/store/listen.js';
import { database } from '../database.js';
import { once } from './statement.js';

const logger = pino({ level: 'silent' });

/** Waits until something holds; the suite's time limit is what ends a wait in vain. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}

const endListeners = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name = 'stile listen' AND datname = current_database()`;

t.test('it tells of its beginning and of each notification, and of nothing else', async t => {
  const address = await database(t);
  let heard = 0;
  const listener = await listen(address, 'changed things', () => heard++, logger);
  t.equal(heard, 1, 'what changed before it listened is to be made up for');
  await once(address, 'NOTIFY "another"');
  await once(address, 'NOTIFY "changed things"');
  await until(() => heard === 2);
  await listener.close();
  await once(address, 'NOTIFY "changed things"');
  t.equal(heard, 2);
});

t.test('after its connection broke it listens again, and tells so', async t => {
  const address = await database(t);
  let heard = 0;
  const listener = await listen(address, 'changed', () => heard++, logger);
  for (const turn of [1, 2]) {
    const before = heard;
    await once(address, endListeners);
    await until(() => heard === before + 1);
    await once(address, 'NOTIFY changed');
    await until(() => heard === before + 2);
    t.equal(heard, 1 + 2 * turn);
  }
  await listener.close();
});

t.test('it starts before its store does', async t => {
  const address = new URL(await database(t));
  const server = address.href;
  const name = `${address.pathname.slice(1)}_later`;
  address.pathname = `/${name}`;
  let heard = 0;
  const listener = await listen(address.href, 'changed', () => heard++, logger);
  t.equal(heard, 0);
  await once(server, `CREATE DATABASE ${name}`);
  await until(() => heard === 1);
  await listener.close();
  await once(server, `DROP DATABASE ${name} WITH (FORCE)`);
});

t.test('closed while it waits to try again, it tries no more', async t => {
  const address = await database(t);
  let heard = 0;
  const listener = await listen(address, 'changed', () => heard++, logger);
  await once(address, endListeners);
  await listener.close();
  await sleep(300);
  const left = await once(
    address,
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'stile listen' AND datname = current_database()",
  );
  t.equal(left.rowCount, 0);
  t.equal(heard, 1);
});
