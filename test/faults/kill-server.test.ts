/**
 * `kill -9` of the whole database at every await of the append path: the writer goes on by itself, and nothing told is lost.
 *
 * Its fault points are the messages on the wire, as in kill-point.test.ts; disk-error.test.ts has those within a commit.
 *
 * Fault: kill -9 of the database, at every await
 */
import pg from 'pg';
import pino from 'pino';
import t from 'tap';
import { ConnectionLost } from '../../src/ledger/connection.js';
import { type OpenLedger, openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { migrate } from '../../src/store/migrate.js';
import { until } from '../until.js';
import { changedTable, verifyWalked, walkAppendPath } from './append-path.js';
import { type CutProxy, openCutProxy } from './cut-proxy.js';
import { isServerInstalled, openServer } from './server.js';

const logger = pino({ level: 'silent' });
const settings = { deadline: 10_000, statementDeadline: 2000, queue: 100, lease: 200, shards: 1 };

/** A store that is away at the start is an error of the start. */
async function untilOpen(open: () => Promise<OpenLedger>): Promise<OpenLedger> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
  }
}

/** For a busy machine, milliseconds. */
const patience = 400_000;
t.setTimeout(2 * patience);

for (const moment of ['before', 'after'] as const) {
  t.test(`the database, ${moment} each message`, { timeout: patience }, async t => {
    if (!isServerInstalled(t)) return;
    const server = await openServer(t, { settings: ['shared_buffers = 4MB'] });
    await migrate(server.database);
    const pool = new pg.Pool({ connectionString: server.database, max: 2 });
    pool.on('error', () => {});
    t.teardown(() => pool.end());
    await pool.query(changedTable);
    const proxy = await openCutProxy(t, server.database);
    const keys = openPeriodKeys(t.testdir());
    const told: string[] = [];

    async function walk(through: CutProxy): Promise<void> {
      const options = { database: through.database, keys, logger, settings };
      const ledger = await untilOpen(() => openLedger(options));
      await until(() => ledger.fault() === null);
      await walkAppendPath(ledger, line => told.push(line));
      await ledger.close();
    }

    let points = 0;
    for (let isThrough = false; !isThrough; points++) {
      const hung = proxy.hangAt(points + 1, moment).then(() => false);
      const walked = walk(proxy).then(() => true);
      isThrough = await Promise.race([hung, walked]);
      if (isThrough) break;
      await server.kill();
      await server.start();
      await walked;
    }
    const last = await openLedger({ database: server.database, keys, logger, settings });
    await until(async () => (await pool.query('SELECT FROM ledger_intents')).rowCount === 0);
    await last.close();
    t.ok(points > 20, `it was killed at ${points} points`);
    await verifyWalked(t, pool, told);
  });
}
