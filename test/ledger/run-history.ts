/** Runs a history on real replicas and a real store, each replica behind a proxy of its own, and says what was wrong in the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import pino from 'pino';
import { openBatchBuilder } from '../../src/ledger/batch.js';
import { connect } from '../../src/ledger/connection.js';
import { closeIntents, readIntents } from '../../src/ledger/intent.js';
import { takeShard } from '../../src/ledger/lease.js';
import { type Draft, LedgerError, ledgerFault } from '../../src/ledger/ledger.js';
import type { OpenLedger } from '../../src/ledger/open.js';
import type { PeriodKeys } from '../../src/ledger/period-keys.js';
import { type CutProxy, openCutProxy } from '../faults/cut-proxy.js';
import { planHistory, replicas, type Step, shards } from './history.js';
import { type Model, openModel, type Row, type Seen } from './history-model.js';
import { draftOf, untilOpen } from './open-store.js';

/** A store that one history after the other is run on. */
export interface Lane {
  readonly database: string;
  readonly pool: pg.Pool;
  readonly keys: PeriodKeys;
}

interface Replica {
  readonly proxy: CutProxy;
  readonly ledger: OpenLedger;
  isAlive: boolean;
}

export interface Outcome {
  readonly violations: readonly string[];
  readonly released: number;
  /** How often shards were leased. */
  readonly leases: number;
}

/** Milliseconds. Leases are short, so that they are renewed, and run out, within a history. */
const settings = { shards, lease: 600, statementDeadline: 400, deadline: 1000, queue: 500 };
const logger = pino({ level: 'silent' });

export async function runHistory(lane: Lane, seed: number): Promise<Outcome> {
  const { pool } = lane;
  const endings: (() => Promise<void>)[] = [];
  const ending = { teardown: (done: () => Promise<void>) => endings.push(done) };
  await pool.query(`DELETE FROM ledger_entries; DELETE FROM ledger_subjects; DELETE FROM ledger_intents;
    DELETE FROM ledger_months; DELETE FROM ledger_heads`);
  const model = openModel();
  const running: Promise<unknown>[] = [];
  const late: (() => void)[] = [];
  const open: string[] = [];
  let version = 0;

  async function start(): Promise<Replica> {
    const proxy = await openCutProxy(ending, lane.database);
    const ledger = await untilOpen({ ...lane, database: proxy.database, settings, logger });
    return { proxy, ledger, isAlive: true };
  }
  const alive = await Promise.all(Array.from({ length: replicas }, start));

  async function append(replica: Replica, draft: Draft): Promise<void> {
    model.tried(draft);
    try {
      model.acknowledged(draft, await replica.ledger.append(draft), replica.isAlive);
      if (draft.opensIntent) open.push(draft.entry.id);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (error.fault === ledgerFault.moved) model.moved(draft);
    }
  }

  async function change(replica: Replica): Promise<void> {
    const draft = draftOf({}, { kind: 'agreement', outcome: undefined });
    model.tried(draft);
    try {
      const made = await replica.ledger.appendWithChange(draft, async () => null);
      model.acknowledged(draft, made.position, replica.isAlive);
      model.changed(made.version, await readHeads(pool));
      version = Math.max(version, made.version);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
    }
  }

  /** @returns what a later step need not wait for */
  async function take(step: Step): Promise<void> {
    if (step.does === 'read') return read(pool, model);
    if (step.does === 'deliver') {
      for (const deliver of late.splice(0)) deliver();
      return;
    }
    if (step.does === 'expire') {
      await pool.query(`UPDATE ledger_heads SET lease_until = now() - interval '1 s' WHERE shard = $1`, [step.shard]);
      return;
    }
    if (step.does === 'lock') {
      running.push(lockHead(lane, step.shard, step.time));
      return;
    }
    const replica = alive[step.replica];
    if (replica === undefined) throw new Error(`there is no replica ${step.replica}`);
    const { proxy } = replica;
    switch (step.does) {
      case 'append':
        for (let left = step.count; left > 0; left--)
          running.push(append(replica, draftOf(step.decided ? { agreements: version } : {})));
        return;
      case 'change':
        running.push(change(replica));
        return;
      case 'intend':
        running.push(append(replica, draftOf({ opensIntent: true }, { kind: 'intent', outcome: undefined })));
        return;
      case 'conclude': {
        const intent = open.pop();
        if (intent !== undefined) running.push(append(replica, draftOf({ closesIntent: intent }, { intent })));
        return;
      }
      case 'cut':
        return proxy.cut();
      case 'cut-before':
        return void proxy.cutBefore('ledger-append');
      case 'cut-after':
        return void proxy.cutAfter('ledger-append');
      case 'cut-late':
        return void proxy.deliverLate('ledger-append').then(deliver => late.push(deliver));
      case 'pause':
        return proxy.hold();
      case 'resume':
        return proxy.release();
      case 'crash': {
        replica.isAlive = false;
        proxy.refuse();
        running.push(replica.ledger.close());
        alive[step.replica] = await start();
      }
    }
  }

  try {
    for (const step of planHistory(seed)) {
      await take(step);
      if (step.pause > 0) await sleep(step.pause);
    }
  } finally {
    for (const { proxy } of alive) proxy.release();
    for (const deliver of late) deliver();
    await Promise.all(running);
    await Promise.all(alive.map(({ ledger }) => ledger.close()));
    await Promise.all(endings.map(end => end()));
  }
  await closeAll(lane);
  const heads = await readHeads(pool);
  const rows = await readRows(pool);
  const leases = (await pool.query('SELECT sum(epoch)::int AS leases FROM ledger_heads')).rows[0].leases;
  return {
    violations: [...model.violations(rows, heads), ...intentsWrong(rows)],
    released: model.released(),
    leases,
  };
}

async function lockHead({ database }: Lane, shard: number, time: number): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT FROM ledger_heads WHERE shard = $1 FOR UPDATE', [shard]);
    await sleep(time);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

/** A reader finds all that was acknowledged before it looked. */
async function read(pool: pg.Pool, model: Model): Promise<void> {
  const ids = model.ids();
  const { rows } = await pool.query('SELECT DISTINCT id FROM ledger_entries WHERE id = ANY($1)', [ids]);
  if (rows.length < ids.length) throw new Error(`a reader found ${rows.length} of ${ids.length} acknowledged entries`);
  model.saw(await readHeads(pool));
}

async function readHeads(pool: pg.Pool): Promise<Seen[]> {
  const { rows } = await pool.query(
    `SELECT shard, size::int, encode(root, 'hex') AS root FROM ledger_heads WHERE shard >= 0 ORDER BY shard`,
  );
  return rows;
}

async function readRows(pool: pg.Pool): Promise<Row[]> {
  const { rows } = await pool.query(
    'SELECT shard, index::int, id, kind, entry FROM ledger_entries ORDER BY shard, index',
  );
  return rows;
}

/** As the next writers of both shards do. */
async function closeAll({ database, pool, keys }: Lane): Promise<void> {
  await pool.query('UPDATE ledger_heads SET lease_until = NULL');
  const connection = await connect(database, 'history', 5000);
  for (let shard = 0; shard < shards; shard++) {
    const hold = await takeShard(connection, 'history', settings.lease, shard);
    if (hold === null) throw new Error(`shard ${shard} is not free`);
    const intents = await readIntents(connection, shard);
    await closeIntents(connection, hold, intents, openBatchBuilder(keys), Date.now, settings.lease);
  }
  await connection.close();
}

function intentsWrong(rows: readonly Row[]): string[] {
  const closed = new Map<string, number>();
  for (const { kind, entry } of rows) {
    const { intent } = JSON.parse(entry.toString('utf8'));
    if (kind === 'exchange' && intent !== undefined) closed.set(intent, (closed.get(intent) ?? 0) + 1);
  }
  return rows
    .filter(({ kind, id }) => kind === 'intent' && closed.get(id) !== 1)
    .map(({ id }) => `the intent ${id} has ${closed.get(id) ?? 0} records`);
}
