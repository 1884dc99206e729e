/**
 * `npm run bench:search`: how long the first page of a search takes in a small ledger and in a large one, and what each index
 * costs the append.
 *
 * `--entries` says how many the large one has (1,000,000; ten million take some 20 GB and ten minutes), `--folder` where
 * to keep both for the next run; without it they are made in the system's temporary folder and removed. `--no-appends` leaves
 * the appends out.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { pino } from 'pino';
import type { EntryFilter } from '../../src/ledger/entry-filter.js';
import { searchEntries } from '../../src/ledger/search.js';
import { isFailure, openSearchPool } from '../../src/ledger/search-pool.js';
import { root } from '../../src/root.js';
import { appendRates } from './append-rate.js';
import { type MadeLedger, openMaker } from './made-ledger.js';
import { type AskedQuestion, questionsOf } from './search-questions.js';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '40' },
    folder: { type: 'string' },
    'no-appends': { type: 'boolean', default: false },
  },
});
const small = 100_000;
const large = Number(values.entries);
const rounds = Number(values.rounds);
/** As the API's default is. */
const pageLimit = 50;

/** What is asked of one ledger, and how long each answer took, milliseconds. */
interface Asking {
  readonly searches: pg.Pool;
  readonly questions: readonly AskedQuestion[];
  readonly times: number[][];
  /** Asked again at once: what it reads is in memory. */
  readonly timesAgain: number[][];
  /** Entries on the last first page of each, and whether there may be more. */
  readonly found: string[];
}

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'stile-bench-search-'));
const maker = await openMaker(folder);
try {
  const ledgers = [await maker.ledgerOf(small), await maker.ledgerOf(large)];
  const askings = await Promise.all(ledgers.map(openAsking));
  // Question by question in turn, so that a machine whose speed drifts favours neither. The first rounds warm up.
  for (let round = -5; round < rounds; round++) for (const asking of askings) await askAll(asking, round);
  const [less, more] = askings;
  const rows = more?.questions.map(({ name }, at) => {
    const [before, after] = [less, more].map(asking => inOrder(asking?.times[at]));
    const [beforeAgain, afterAgain] = [less, more].map(asking => inOrder(asking?.timesAgain[at]));
    return {
      question: name,
      found_small: less?.found[at],
      found: more.found[at],
      small_p50: part(before, 0.5),
      small_p95: part(before, 0.95),
      p50: part(after, 0.5),
      p95: part(after, 0.95),
      ratio: round(part(after, 0.5) / part(before, 0.5)),
      ratio_again: round(part(afterAgain, 0.5) / part(beforeAgain, 0.5)),
    };
  });
  console.table(rows);
  const late = rows?.filter(row => row.ratio > 2).map(row => `${row.question}: ${row.ratio}, again ${row.ratio_again}`);
  console.log('slowest p95:', Math.max(...(rows ?? []).map(row => row.p95)), 'ms; over twice the time:', late);
  await Promise.all(askings.map(({ searches }) => searches.end()));
  const rates = values['no-appends'] ? [] : await appendRates(maker);
  console.table(rates);
  writeFileSync(join(root, 'bench-search.json'), `${JSON.stringify({ small, large, rows, rates }, null, 2)}\n`);
} finally {
  await maker.close();
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}

async function openAsking({ database, pool, span }: MadeLedger): Promise<Asking> {
  const questions = await questionsOf(pool, span);
  const searches = openSearchPool(database, pino({ level: 'silent' }));
  return { searches, questions, times: questions.map(() => []), timesAgain: questions.map(() => []), found: [] };
}

async function askAll({ searches, questions, times, timesAgain, found }: Asking, round: number): Promise<void> {
  for (const [at, { filter }] of questions.entries()) {
    const asked = await filter(Math.abs(round));
    for (const each of [times, timesAgain]) {
      const began = performance.now();
      found[at] = await firstPage(searches, asked);
      if (round >= 0) each[at]?.push(performance.now() - began);
    }
  }
}

async function firstPage(searches: pg.Pool, filter: EntryFilter): Promise<string> {
  const page = await searchEntries(searches, filter, undefined, pageLimit);
  if (isFailure(page)) throw new Error('a search failed', { cause: page.cause });
  return `${page.entries.length}${page.next === undefined ? '' : ', more'}`;
}

function inOrder(times: readonly number[] = []): readonly number[] {
  return times.toSorted((one, other) => one - other);
}

/** Of times in order, the one that this part of them is not above. */
function part(times: readonly number[] = [], share: number): number {
  return round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN);
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}
