/** Whatever is in a ledger and whatever is asked of it: page by page, a search finds what a plain filter over all of it does. */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import t from 'tap';
import type { EntryFilter, PeriodTag } from '../../src/ledger/entry-filter.js';
import { monthSpan } from '../../src/ledger/month.js';
import { periodOf } from '../../src/ledger/period-keys.js';
import { openRandom } from './history.js';
import { makeMonths } from './months.js';
import { allPages, insertRows, newestFirst, type Sample, satisfies, searchable } from './search-samples.js';

type Random = ReturnType<typeof openRandom>;

const begins = Date.UTC(2026, 0, 20);
const months = ['2026-01', '2026-02', '2026-03', '2026-04'] as const;
const size = 1500;
const persons = ['one', 'two', 'three'] as const;

/** A row and whom it is about. */
interface Row extends Sample {
  readonly about: readonly { readonly person: string; readonly role: string }[];
}

/** The first of some values is common, the last seldom. */
const skewed = <T>(random: Random, values: readonly T[]): T =>
  values[Math.min(random(values.length), random(values.length), random(values.length))] as T;

const kinds = ['exchange', 'token', 'explain', 'search', 'agreement'];
const outcomes = ['released', 'refused', null, 'failed', 'unknown'];
const codes = ['STILE_QUOTA', 'STILE_NO_AGREEMENT', 'STILE_DEPARTMENT_TIMEOUT'];
const departments = ['housing', 'transport', 'civil-affairs', 'police'];
const services = ['civil-affairs/marriage-status/v1', 'police/household/v1', 'transport/plates/v2'];
const purposes = ['public-rental-housing', 'marriage-registration', 'licence'];
const cases = ['深住〔2026〕7号', '8', '9'];
const operators = ['W1', 'W2', 'W3', 'W4'];

/** Rows of several shards and of the roll; some share their time, within a shard and between two. */
function rowsOf(random: Random): readonly Row[] {
  const sizes = new Map<number, number>();
  let time = begins;
  return Array.from({ length: size }, () => {
    if (random(3) > 0) time += random(40) * 60_000;
    const shard = random(9) === 0 ? -1 : random(3);
    const index = sizes.get(shard) ?? 0;
    sizes.set(shard, index + 1);
    const kind = shard < 0 ? skewed(random, ['checkpoint', 'key']) : skewed(random, kinds);
    const outcome = shard < 0 ? null : skewed(random, outcomes);
    const some = <T>(values: readonly T[]) => (shard < 0 || random(5) === 0 ? null : skewed(random, values));
    return {
      shard,
      index,
      time,
      kind,
      outcome,
      code: outcome === 'refused' || outcome === 'failed' ? skewed(random, codes) : null,
      actor: kind === 'search' ? 'staff/auditor' : `${skewed(random, departments)}/system`,
      consumer: some(departments),
      provider: some(departments),
      service: some(services),
      purpose: some(purposes),
      case_number: some(cases),
      operator: some(operators),
      about:
        shard < 0
          ? []
          : persons.flatMap((person, at) => [
              ...(random(2 + 20 * at) === 0 ? [{ person, role: 'asked' }] : []),
              ...(random(3 + 20 * at) === 0 ? [{ person, role: 'related' }] : []),
            ]),
    };
  });
}

const tagOf = (person: string, month: string): Buffer => createHash('sha256').update(`${person} ${month}`).digest();

async function insert(pool: pg.Pool, rows: readonly Row[]): Promise<void> {
  await makeMonths(
    pool,
    months.map(month => monthSpan(month).begins),
  );
  await insertRows(pool, rows);
  const tags = rows.flatMap(({ shard, index, time, about }) =>
    about.map(({ person, role }) => ({ shard, index, time, role, tag: tagOf(person, periodOf(time)).toString('hex') })),
  );
  await pool.query(
    `INSERT INTO ledger_subjects (shard, index, time, tag, role) SELECT shard, index, time, decode(tag, 'hex'), role
     FROM json_to_recordset($1) AS row (shard int, index bigint, time bigint, tag text, role text)`,
    [JSON.stringify(tags)],
  );
}

interface Asked {
  readonly filter: EntryFilter;
  readonly person: string | undefined;
}

/** A filter of some members, each with some values, one of which may be nowhere. */
function askedOf(random: Random): Asked {
  const lists = Object.entries({
    kind: [...kinds, 'config'],
    outcome: outcomes.filter(value => value !== null),
    code: [...codes, 'STILE_FAULT'],
    actor: [...departments.map(department => `${department}/system`), 'staff/auditor', 'nobody/system'],
    consumer: [...departments, 'nobody'],
    provider: [...departments, 'nobody'],
    service: [...services, 'nobody/nothing/v1'],
    purpose: [...purposes, 'nothing'],
    case: [...cases, '10'],
    operator: [...operators, 'W5'],
  }).flatMap(([member, values]) => {
    if (random(5) > 0) return [];
    const chosen = Array.from({ length: 1 + random(3) }, () => skewed(random, values));
    return [[member, [...new Set(chosen)]] as const];
  });
  const span = (monthSpan('2026-04').begins - begins) * 1.2;
  const from = random(4) === 0 ? begins + random(span) : undefined;
  const until = random(4) === 0 ? (from ?? begins) + 1 + random(span) : undefined;
  const person = random(3) === 0 ? skewed(random, [...persons, 'nobody']) : undefined;
  const tags =
    person === undefined
      ? undefined
      : months.map((month): PeriodTag => ({ ...monthSpan(month), tag: tagOf(person, month) }));
  return {
    filter: {
      ...Object.fromEntries(lists),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(tags === undefined ? {} : { tags }),
    },
    person,
  };
}

const expected = (rows: readonly Row[], { filter, person }: Asked): string[] =>
  rows
    .filter(row => row.shard >= 0 && satisfies(row, filter))
    .filter(({ about }) => person === undefined || about.some(one => one.person === person))
    .sort(newestFirst)
    .map(({ shard, index }) => `${shard}/${index}`);

for (const seed of [1, 2]) {
  t.test(`seed ${seed}`, async t => {
    const random = openRandom(seed);
    const { pool, searches } = await searchable(t);
    const rows = rowsOf(random);
    await insert(pool, rows);
    const lengths = [];
    for (let question = 0; question < 40; question++) {
      const asked = askedOf(random);
      const wanted = expected(rows, asked);
      const limit = 1 + Math.floor(wanted.length / (1 + random(20)));
      const { tags, ...told } = asked.filter;
      t.same(
        await allPages(searches, asked.filter, limit),
        wanted,
        `${limit} a page: ${JSON.stringify({ ...told, person: asked.person })}`,
      );
      lengths.push(wanted.length);
    }
    t.ok(lengths.filter(length => length > 0).length > 20, 'most questions have an answer');
    t.ok(lengths.includes(0), 'some have none');
    t.ok(
      lengths.some(length => length > 0 && length < 20),
      'some have a short one',
    );
  });
}
