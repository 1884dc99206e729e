/**
 * Random histories of three replicas on one PostgreSQL, held against a plain model: acknowledged ⊆ stored, released ⊆
 * acknowledged, one tree a shard.
 *
 * The slow suite runs ten thousand, in about 23 minutes on two cores. What fails prints its seed and steps; `STILE_SEED=<seed>` runs that history alone.
 *
 * Fault: all of it in any order, three replicas
 */
import { join } from 'node:path';
import pg from 'pg';
import t from 'tap';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { migratedDatabase } from '../database.js';
import { planHistory } from './history.js';
import { type Lane, runHistory } from './run-history.js';

const { STILE_SEED, STILE_SLOW } = process.env;
const histories = STILE_SLOW ? 10_000 : 24;
const seeds = STILE_SEED === undefined ? Array.from({ length: histories }, (_, at) => at + 1) : [Number(STILE_SEED)];
/** Histories mostly wait, so several are run at a time; beside other tests fewer, or most deadlines pass first. */
const lanes = Math.min(STILE_SLOW ? 16 : 4, seeds.length);
/** Most histories that are told when they fail. */
const mostTold = 5;

t.setTimeout(60_000 + histories * 500);

async function openLane(number: number): Promise<Lane> {
  const connectionString = await migratedDatabase(t);
  const pool = new pg.Pool({ connectionString, max: 2 });
  pool.on('error', () => {});
  t.teardown(() => pool.end());
  return { database: connectionString, pool, keys: openPeriodKeys(join(t.testdir(), String(number))) };
}

t.test(`${seeds.length} histories`, { timeout: 60_000 + histories * 500 }, async t => {
  const left = [...seeds].reverse();
  let released = 0;
  let leases = 0;
  let failed = 0;
  const run = async (lane: Lane) => {
    for (let seed = left.pop(); seed !== undefined && failed < mostTold; seed = left.pop()) {
      const outcome = await runHistory(lane, seed).catch((error: Error) => ({
        violations: [String(error.stack)],
        released: 0,
        leases: 0,
      }));
      released += outcome.released;
      leases += outcome.leases;
      if (outcome.violations.length === 0) continue;
      failed += 1;
      t.fail(`seed ${seed}`, {
        violations: outcome.violations,
        steps: planHistory(seed).map(step => JSON.stringify(step)),
      });
    }
  };
  await Promise.all(await Promise.all(Array.from({ length: lanes }, async (_, number) => run(await openLane(number)))));
  t.equal(failed, 0, 'each history is one that the model allows');
  t.ok(released > 10 * seeds.length, `${released} entries were acknowledged to callers that lived`);
  t.ok(leases > 4 * seeds.length, `shards were leased ${leases} times`);
});
