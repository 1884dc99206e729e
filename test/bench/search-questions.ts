/** The questions the benchmark of searches asks of a made-up ledger: every filter alone, common and seldom, and together. */
import type pg from 'pg';
import type { EntryFilter } from '../../src/ledger/entry-filter.js';
import { made, type Span, tagsOf } from './ledger-fill.js';

export interface AskedQuestion {
  readonly name: string;
  /** What is asked in a round: always another person, case, official or time, so that no answer lies ready. */
  filter(round: number): EntryFilter | Promise<EntryFilter>;
}

const day = 24 * 60 * 60 * 1000;

/** @param pool of a store filled by `fill`: which values are common and which seldom is looked up in it */
export async function questionsOf(pool: pg.Pool, span: Span): Promise<readonly AskedQuestion[]> {
  const size = await sizeOf(pool);
  const [most, least] = [await extremes(pool, 'DESC'), await extremes(pool, 'ASC')];
  const timeIn = (round: number) =>
    Math.floor(span.begins + ((round * 0.618) % 1) * (span.ends - span.begins - 31 * day));
  const month = (round: number) => ({ from: timeIn(round), until: timeIn(round) + 30 * day });
  const caseIn = (round: number) => [`case-${Math.floor(((round * 0.618) % 1) * (size / 4))}`];
  const busy = { tags: await tagsOf(pool, 0, span) };
  const someone = async (round: number) => ({ tags: await tagsOf(pool, (round * 99_991) % made.people, span) });
  const never = ['never'];
  const manyServices = Array.from({ length: 50 }, (_, at) => `department-${Math.floor(at / 3)}/service-${at}/v1`);

  const questions: Readonly<Record<string, AskedQuestion['filter']>> = {
    everything: () => ({}),
    'a day': round => ({ from: timeIn(round), until: timeIn(round) + day }),
    'a month': month,
    'before a time': round => ({ until: timeIn(round) }),
    'kind, common': () => ({ kind: ['exchange'] }),
    'kind, seldom': () => ({ kind: ['agreement'] }),
    'kind, never': () => ({ kind: ['config'] }),
    'two kinds': () => ({ kind: ['token', 'search'] }),
    'outcome released': () => ({ outcome: ['released'] }),
    'outcome refused': () => ({ outcome: ['refused'] }),
    'outcome unknown, seldom': () => ({ outcome: ['unknown'] }),
    'code, never': () => ({ code: ['STILE_NEVER'] }),
    case: round => ({ case: caseIn(round) }),
    '50 cases': round => ({ case: Array.from({ length: 50 }, (_, at) => caseIn(round * 50 + at)).flat() }),
    operator: round => ({ operator: [`W${(round * 97) % made.operators}`] }),
    'actor, staff': () => ({ actor: ['staff/person-3'] }),
    'services, common and seldom': () => ({ service: [...most.service, ...least.service] }),
    '50 services': () => ({ service: manyServices }),
    ...Object.fromEntries(
      listed.flatMap(column => [
        [`${column}, common`, () => ({ [column]: most[column] })],
        [`${column}, seldom`, () => ({ [column]: least[column] })],
      ]),
    ),
    person: someone,
    'person, and refused': async round => ({ ...(await someone(round)), outcome: ['refused'] }),
    busiest: () => busy,
    'busiest, and refused': () => ({ ...busy, outcome: ['refused'] }),
    'busiest, and service seldom': () => ({ ...busy, service: least.service }),
    'busiest, and purpose never': () => ({ ...busy, purpose: never }),
    'busiest, a month': round => ({ ...busy, ...month(round) }),
    'consumer common, service common': () => ({ consumer: most.consumer, service: most.service }),
    'consumer common, service seldom': () => ({ consumer: most.consumer, service: least.service }),
    'consumer seldom, service common': () => ({ consumer: least.consumer, service: most.service }),
    'consumer common, refused': () => ({ consumer: most.consumer, outcome: ['refused'] }),
    'consumer common, code seldom': () => ({ consumer: most.consumer, code: least.code }),
    'service seldom, failed': () => ({ service: least.service, outcome: ['failed'] }),
    'service common, purpose seldom': () => ({ service: most.service, purpose: least.purpose }),
    'service common, purpose never': () => ({ service: most.service, purpose: never }),
    'service common, kind token: never together': () => ({ service: most.service, kind: ['token'] }),
    'kind search, outcome unknown: seldom together': () => ({ kind: ['search'], outcome: ['unknown'] }),
    'provider common, kind refusals: never together': () => ({ provider: most.provider, kind: ['refusals'] }),
    '50 services, purpose never': () => ({ service: manyServices, purpose: never }),
    '50 services, kind token: never together': () => ({ service: manyServices, kind: ['token'] }),
    'all columns, common': () => most,
    'consumer and purpose common, a month': round => ({
      consumer: most.consumer,
      purpose: most.purpose,
      ...month(round),
    }),
    'code seldom, a month': round => ({ code: least.code, ...month(round) }),
  };
  return Object.entries(questions).map(([name, filter]) => ({ name, filter }));
}

const listed = ['code', 'actor', 'consumer', 'provider', 'service', 'purpose'] as const;
type Values = Readonly<Record<(typeof listed)[number], readonly string[]>>;

/** Of each column a value that most, or least, of a sample of entries have. */
async function extremes(pool: pg.Pool, order: 'ASC' | 'DESC'): Promise<Values> {
  const one = async (column: string) => {
    const { rows } = await pool.query<{ value: string }>(
      `SELECT ${column} AS value FROM (SELECT * FROM ledger_entries WHERE shard >= 0 ORDER BY time LIMIT 50000) AS sample
       WHERE ${column} IS NOT NULL GROUP BY 1 ORDER BY count(*) ${order}, 1 LIMIT 1`,
    );
    return rows.map(({ value }) => value);
  };
  const [code = [], actor = [], consumer = [], provider = [], service = [], purpose = []] = await Promise.all(
    listed.map(one),
  );
  return { code, actor, consumer, provider, service, purpose };
}

async function sizeOf(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ size: string }>('SELECT sum(size) AS size FROM ledger_heads');
  return Number(rows[0]?.size);
}
