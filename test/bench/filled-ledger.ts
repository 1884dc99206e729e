/** A signed ledger of as many entries as one likes, written by the gateway's own append in batches as large as they get. */
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { appendBatch } from '../../src/ledger/append.js';
import { openBatchBuilder } from '../../src/ledger/batch.js';
import { connect } from '../../src/ledger/connection.js';
import { newHolder, releaseLease, takeShard } from '../../src/ledger/lease.js';
import type { Draft } from '../../src/ledger/ledger.js';
import { logKeyFolder } from '../../src/ledger/log-key.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { openRoll } from '../../src/ledger/roll.js';
import { migrate } from '../../src/store/migrate.js';
import { makeMonths } from '../ledger/months.js';
import { newId } from '../ledger/open-store.js';
import { until } from '../until.js';

export const deployment = 'bench.example';
const shards = 4;
/** The months before this one that the entries are spread over. */
const months = 12;
/** Entries of a group commit. */
const batch = 500;
/** Written to a shard before another one's turn. */
const portion = 20_000;
const settings = {
  deadline: 60_000,
  statementDeadline: 60_000,
  queue: 1000,
  lease: 60_000,
  checkpointEvery: 1000,
  shards,
};

/** As an exchange of the sandbox leaves it; about two persons. */
const draftOf = (number: number): Draft => ({
  entry: {
    kind: 'exchange',
    id: newId(),
    outcome: 'released',
    agreement: { id: 'housing-household', version: 1 },
    asked: true,
    case: `2026-${number}`,
    client: 'housing/permits',
    consumer: 'housing',
    fields: ['residentId', 'householdNumber', 'members[].name', 'members[].relation', 'members[].birthDate'],
    operator: { id: `W${number % 1000}`, assurance: 'asserted' },
    provider: 'public-security',
    purpose: 'public-rental-housing',
    registry: 'c4fb7ed684caf6d1f7bce545b0fa9150c64dec2696a9cab70479282108ae3abb',
    service: 'public-security/household/v1',
    trace: '00-19bcf325fede43caf279cf6be0457866-8e25bbfa47401871-00',
  },
  subjects: [
    { kind: 'resident', identifier: `4403001990${String(number % 100_000_000).padStart(8, '0')}`, role: 'asked' },
    { kind: 'resident', identifier: `4403001991${String(number % 100_000_000).padStart(8, '0')}`, role: 'related' },
  ],
  digests: { request: String(number), reply: String(-number) },
});

/**
 * @param database connection string of its owner; empty, and migrated here
 * @param tell is told how many are written
 */
export async function fillLedger(
  database: string,
  dataFolder: string,
  count: number,
  tell: (written: number) => void,
): Promise<void> {
  await migrate(database);
  const pool = new pg.Pool({ connectionString: database, max: 1 });
  const now = new Date();
  const begins = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months);
  await makeMonths(
    pool,
    Array.from({ length: months + 1 }, (_, at) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - at)),
  );
  for (let shard = 0; shard < shards; shard++)
    await pool.query('INSERT INTO ledger_heads (shard) VALUES ($1) ON CONFLICT DO NOTHING', [shard]);
  const keys = openPeriodKeys(join(dataFolder, 'keys', 'periods'));
  const roll = openRoll({
    database,
    deployment,
    keyFolder: logKeyFolder(dataFolder),
    keys,
    settings,
    logger: pino({ level: 'warn' }),
    now: Date.now,
  });
  const builder = openBatchBuilder(keys);
  let written = 0;

  async function write(shard: number, until: number): Promise<void> {
    const connection = await connect(database, 'bench', settings.statementDeadline);
    let hold = await takeShard(connection, newHolder(), settings.lease, shard);
    for (const first = written; hold !== null && written < until; ) {
      builder.begin(Math.floor(begins + ((now.getTime() - begins) * Math.max(written, first)) / count));
      for (let size = 0; size < batch && written < until && builder.add(draftOf(written)); size++) written += 1;
      const answer = await appendBatch(connection, hold, builder.finish(), Date.now(), settings.lease);
      if (answer.fault !== null) throw new Error(answer.fault);
      hold = answer.hold;
    }
    if (hold === null) throw new Error('the shard is not free');
    await releaseLease(connection, hold);
    await connection.close();
  }

  for (let turn = 0; written < count; turn++) {
    await write(turn % shards, Math.min(written + portion, count));
    tell(written);
  }
  await until(async () => {
    const { rows } = await pool.query(
      `SELECT FROM ledger_heads AS head LEFT JOIN ledger_checkpoints AS signed USING (shard)
       WHERE head.size IS DISTINCT FROM coalesce(signed.size, 0)`,
    );
    return rows.length === 0;
  });
  await roll.close();
  await pool.query('VACUUM (ANALYZE) ledger_entries, ledger_subjects');
  await pool.end();
}
