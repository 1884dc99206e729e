/** What each index costs the append: entries a second over one connection without any, with each alone, and with all of them. */
import { readFileSync } from 'node:fs';
import { appendBatch } from '../../src/ledger/append.js';
import { openBatchBuilder } from '../../src/ledger/batch.js';
import { connect } from '../../src/ledger/connection.js';
import { takeShard } from '../../src/ledger/lease.js';
import { type Draft, entryKind, outcome } from '../../src/ledger/ledger.js';
import { periodKey } from '../../src/ledger/tag.js';
import { randomId } from '../../src/random.js';
import { indexesOf, made } from './ledger-fill.js';
import type { MadeLedger, Maker } from './made-ledger.js';

/** Entries of one group commit, as 128 callers at once make it. */
const together = 48;
const batches = 300;
const rounds = 7;

export interface AppendRate {
  readonly with: string;
  /** Entries a second, the best of the rounds: what else the machine does only makes it slower. */
  readonly rate: number;
  /** Processor time of the database for an entry, and what of it is the index's; microseconds. */
  readonly database_us: number;
  readonly costs_us: number;
}

/** Of one round. */
interface Run {
  readonly rate: number;
  readonly database_us: number;
}

/**
 * Appends released exchanges to a ledger of its own that is small, as every month is at its beginning. Its primary key is always
 * there.
 */
export async function appendRates(maker: Maker): Promise<readonly AppendRate[]> {
  const ledger = await maker.ledgerOf(1000);
  await ledger.pool.query('INSERT INTO ledger_heads (shard) VALUES ($1) ON CONFLICT DO NOTHING', [made.shards]);
  const indexes = await indexesOf(ledger.pool);
  const sets: readonly (readonly [string, readonly string[]])[] = [
    ['none', []],
    ...indexes.map(({ name }) => [name, [name]] as const),
    ['all', indexes.map(({ name }) => name)],
  ];
  const runs = new Map<string, Run[]>();
  for (let round = 0; round < rounds; round++) {
    // Each has its turn at the beginning, in the middle and at the end.
    for (const [name, names] of [...sets.slice(round), ...sets.slice(0, round)]) {
      await ledger.pool.query('TRUNCATE ledger_entries, ledger_subjects, ledger_months');
      await ledger.pool.query(`DROP INDEX IF EXISTS ${indexes.map(index => index.name).join(', ')}`);
      for (const index of indexes) if (names.includes(index.name)) await ledger.pool.query(index.definition);
      runs.set(name, [...(runs.get(name) ?? []), await appendRate(ledger)]);
    }
  }
  const none = meanTime(runs.get('none'));
  return [...runs].map(([name, each]) => ({
    with: name,
    rate: Math.round(Math.max(...each.map(({ rate }) => rate))),
    database_us: round(meanTime(each)),
    costs_us: round(meanTime(each) - none),
  }));
}

const meanTime = (runs: readonly Run[] = []): number =>
  runs.reduce((sum, run) => sum + run.database_us, 0) / runs.length;

const round = (number: number): number => Math.round(number * 10) / 10;

/** Processor time that a process has taken, microseconds, where there is a /proc as on Linux (proc(5): in hundredths of a second). */
function processorTime(pid: unknown): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

async function appendRate({ database, pool }: MadeLedger): Promise<Run> {
  const connection = await connect(database, 'stile bench', 60_000);
  try {
    await pool.query('UPDATE ledger_heads SET lease_until = NULL');
    let hold = await takeShard(connection, 'bench', 600_000, made.shards);
    if (hold === null) throw new Error('the shard is not free');
    const builder = openBatchBuilder({
      keyOf: () => periodKey(Buffer.alloc(32, 7)),
      all: () => new Map(),
      deleted: () => [],
    });
    const [session] = await connection.run({ text: 'SELECT pg_backend_pid() AS pid' });
    const before = processorTime(session?.pid);
    const began = performance.now();
    for (let batch = 0; batch < batches; batch++) {
      builder.begin(Math.max(Date.now(), hold.time));
      for (let entry = 0; entry < together; entry++) builder.add(draftOf(batch * together + entry));
      const answer = await appendBatch(connection, hold, builder.finish(), Date.now(), 600_000);
      if (answer.fault !== null) throw new Error(`an append failed: ${answer.fault}`);
      hold = answer.hold;
    }
    const entries = batches * together;
    return {
      rate: (entries / (performance.now() - began)) * 1000,
      database_us: (processorTime(session?.pid) - before) / entries,
    };
  } finally {
    await connection.close();
  }
}

/** A released exchange about two people. */
function draftOf(number: number): Draft {
  const department = `department-${number % 20}`;
  return {
    entry: {
      agreement: { id: `${department}-marriage-status`, version: 1 },
      asked: true,
      case: `case-${number}`,
      client: `${department}/permits`,
      consumer: department,
      fields: ['registeredOn', 'residentId', 'spouse.name', 'status'],
      id: randomId(),
      kind: entryKind.exchange,
      operator: { assurance: 'asserted', id: `W${number % 5000}` },
      outcome: outcome.released,
      provider: 'civil-affairs',
      purpose: 'public-rental-housing',
      registry: 'sha256:0123456789012345678901234567890123456789012',
      service: `civil-affairs/service-${number % 60}/v1`,
      trace: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01',
    },
    subjects: (['asked', 'related'] as const).map(role => ({
      kind: 'resident',
      identifier: `${role}-${number}`,
      role,
    })),
    digests: { request: `request ${number}`, reply: `reply ${number}` },
  };
}
