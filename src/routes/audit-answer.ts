/** What the ledger has to a question: a page of a search, a step of a follow, one record. Nothing is shown from here. */
import type { FastifyBaseLogger } from 'fastify';
import type { Pool } from 'pg';
import type { AuditSearch } from '../../schemas/stile/audit-search.js';
import type { AuditTail } from '../../schemas/stile/audit-tail.js';
import type { StaffPrincipal } from '../identity/principal.js';
import { canonicalText } from '../ledger/canonical.js';
import { type Cursor, readCursor, writeCursor } from '../ledger/cursor.js';
import { entriesAfter, type Reach, reachNow } from '../ledger/follow.js';
import type { KeptErasures } from '../ledger/kept-erasures.js';
import { type Position, positionText, type Query } from '../ledger/ledger.js';
import type { PeriodKeys } from '../ledger/period-keys.js';
import { entryAt, searchEntries } from '../ledger/search.js';
import type { Place } from '../ledger/search-place.js';
import { attempt, isFailure, type SearchFailure, type StoredEntry, searchFault } from '../ledger/search-pool.js';
import { type StoredText, textsAt } from '../ledger/texts.js';
import { type Exit, isExit } from '../problem.js';
import { invalid, type Question, questionOf } from './audit-question.js';
import { type Look, question } from './look.js';

/** Who asks, and what is needed to answer. */
export interface Asker {
  readonly staff: StaffPrincipal;
  readonly searches: Pool;
  readonly periodKeys: PeriodKeys;
  readonly erasures: KeptErasures;
  readonly logger: FastifyBaseLogger;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** As the schemas' defaults say. */
const pageLimit = 50;
const stepLimit = 200;
/** Most pages gone through for the newest entries that a follow begins with. */
const newestPages = 16;

interface PageState {
  readonly record: string;
  readonly before: Place;
}

export async function search(body: AuditSearch, asker: Asker): Promise<Look | Exit> {
  const asked = questionOf(body, asker.periodKeys);
  if (isExit(asked)) return asked;
  const bound = boundTo(question.search, asked, asker);
  const cursor = body.cursor === undefined ? undefined : goOn<PageState>(body.cursor, bound, asker);
  if (cursor === null) return invalid('/cursor', words.cursor);
  const found = await searchEntries(asker.searches, asked.filter, cursor?.state.before, body.limit ?? pageLimit);
  const page = isFailure(found) ? found : await withTexts(found, asker);
  return {
    asked: { filter: asked.recorded },
    subjects: asked.subjects,
    recorded: cursor?.state.record,
    result: isFailure(page)
      ? exitOf(page, asker)
      : record =>
          replyText({ record }, page, {
            cursor: page.next && write(asker, bound, cursor, { record, before: placeOf(page.next) }),
            reached: page.next && new Date(page.next.time).toISOString(),
            ...asked.gaps,
          }),
  };
}

interface TailState {
  readonly record: string;
  readonly reach: readonly (readonly [number, number])[];
}

export async function tail(body: AuditTail, asker: Asker): Promise<Look | Exit> {
  const asked = questionOf(body, asker.periodKeys);
  if (isExit(asked)) return asked;
  const bound = boundTo(question.tail, asked, asker);
  const cursor = body.follow === undefined ? undefined : goOn<TailState>(body.follow, bound, asker);
  if (cursor === null) return invalid('/follow', words.cursor);
  const from = cursor === undefined ? given(body.after) : new Map(cursor.state.reach);
  const found =
    from === undefined
      ? await newest(asker, asked, body.last ?? 0)
      : await entriesAfter(asker.searches, asked.filter, from, body.limit ?? stepLimit);
  const step = isFailure(found) ? found : await withTexts(found, asker);
  return {
    asked: { filter: asked.recorded, ...(body.after === undefined ? { last: body.last ?? 0 } : { after: body.after }) },
    subjects: asked.subjects,
    recorded: cursor?.state.record,
    result: isFailure(step)
      ? exitOf(step, asker)
      : record =>
          replyText({ record }, step, {
            follow: write(asker, bound, cursor, { record, reach: [...step.reach] }),
            reach: Object.fromEntries(step.reach),
            more: step.more,
            ...asked.gaps,
          }),
  };
}

/** Where a follow begins that names no positions: at the end, with so many of the newest before it, oldest first. */
async function newest(asker: Asker, asked: Question, last: number) {
  const reach = await reachNow(asker.searches);
  if (isFailure(reach)) return reach;
  if (last === 0) return { entries: [], reach, more: false };
  const found: StoredEntry[] = [];
  let place: Place | undefined;
  for (let pages = 0; pages < newestPages; pages++) {
    const page = await searchEntries(asker.searches, asked.filter, place, last - found.length);
    if (isFailure(page)) return page;
    found.push(...page.entries);
    place = page.next;
    if (place === undefined || found.length === last) break;
  }
  // What came in between the two statements is the next step's.
  const before = found.filter(({ shard, index }) => index < (reach.get(shard) ?? 0));
  return { entries: before.reverse(), reach, more: false };
}

const given = (after: AuditTail['after']): Reach | undefined =>
  after && new Map(Object.entries(after).map(([shard, index]) => [Number(shard), index]));

const digits = /^(?:0|[1-9][0-9]{0,15})$/;
/** The largest shard number a column of type int holds. */
const mostShard = 2 ** 31 - 1;

export async function lookAtRecord(shard: string, index: string, asker: Asker): Promise<Look | Exit> {
  const position: Position = { shard: Number(shard), index: Number(index) };
  if (!digits.test(shard) || !digits.test(index)) return { code: 'STILE_RECORD_UNKNOWN' };
  if (position.shard > mostShard || !Number.isSafeInteger(position.index)) return { code: 'STILE_RECORD_UNKNOWN' };
  const found = await entryAt(asker.searches, position);
  const asked = { record: positionText(position) };
  if (found === null) return { asked, result: { code: 'STILE_RECORD_UNKNOWN' } };
  if (isFailure(found)) return { asked, result: exitOf(found, asker) };
  const shown = await withTexts({ entries: [found] }, asker);
  if (isFailure(shown)) return { asked, result: exitOf(shown, asker) };
  const leaf = found.leaf.toString('hex');
  const beside = shown.texts.get(positionText(found))?.beside;
  return { asked, result: record => withEntry(JSON.stringify({ record, ...headOf(found), leaf, ...beside }), found) };
}

type Texts = ReadonlyMap<string, StoredText>;

/** Entries together with the texts that stand beside some of them, by position. */
async function withTexts<Found extends { readonly entries: readonly StoredEntry[] }>(
  found: Found,
  { searches, erasures }: Asker,
): Promise<(Found & { readonly texts: Texts }) | SearchFailure> {
  const query: Query = (text, values) => searches.query(text, [...values]);
  const texts = await attempt(() => textsAt(query, found.entries.filter(mayHaveText), erasures));
  return isFailure(texts) ? texts : { ...found, texts };
}

/** Entries from before texts were salted have a digest `why`. */
const mayHaveText = ({ entry }: StoredEntry): boolean => entry.includes('"text":"') || entry.includes('"why":"');

/** What a cursor is good for: one kind of question, by one member of staff, with exactly these filters. */
const boundTo = (kind: string, asked: Question, { staff }: Asker): string =>
  canonicalText([kind, staff.id, staff.role, asked.text]);

const goOn = <State>(cursor: string, bound: string, { periodKeys, now }: Asker): Cursor<State> | null =>
  readCursor<State>(periodKeys, bound, cursor, now);

/** The next cursor lives no longer than the first one would have. */
const write = <State>(asker: Asker, bound: string, cursor: Cursor<State> | undefined, state: State): string =>
  writeCursor(asker.periodKeys, bound, { began: cursor?.began ?? asker.now, state });

const placeOf = ({ time, shard, index }: Place): Place => ({ time, shard, index });

function exitOf({ fault, cause }: SearchFailure, { logger }: Asker): Exit {
  if (fault === searchFault.tooWide) return { code: 'STILE_SEARCH_TOO_WIDE' };
  logger.error({ err: cause }, 'the store did not answer a search');
  return { code: 'STILE_SEARCH_UNAVAILABLE', retryAfter: 1 };
}

const headOf = (entry: StoredEntry) => ({
  position: positionText(entry),
  time: new Date(entry.time).toISOString(),
});

/** Appends the entry to an object's text as the bytes it is, neither read nor written again. */
const withEntry = (object: string, { entry }: StoredEntry): string => `${object.slice(0, -1)},"entry":${entry}}`;

/** A text is shown with its own record only; that it was erased, with all. */
function replyText(
  head: object,
  { entries, texts }: { readonly entries: readonly StoredEntry[]; readonly texts: Texts },
  rest: object,
): string {
  const erasedOf = (entry: StoredEntry) => {
    const beside = texts.get(positionText(entry))?.beside;
    return beside !== undefined && 'erased' in beside ? beside : {};
  };
  const list = entries
    .map(entry => withEntry(JSON.stringify({ ...headOf(entry), ...erasedOf(entry) }), entry))
    .join(',');
  const end = JSON.stringify(rest).slice(1);
  return `${JSON.stringify(head).slice(0, -1)},"entries":[${list}]${end === '}' ? '' : ','}${end}`;
}

const words = {
  cursor: {
    zh: '不是本次检索的游标，或已超过 12 小时，请重新检索',
    en: 'is not of this question and reader, or is older than 12 hours: ask again',
  },
};
