/** The routes that prove the ledger: checkpoints and tiles for anyone, receipts for the parties of an exchange. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { requireRole } from '../identity/identify.js';
import { type Principal, role } from '../identity/principal.js';
import { archivedEntry } from '../ledger/archived-entry.js';
import { columnsOf } from '../ledger/columns.js';
import { encodeBundle } from '../ledger/entry-bundle.js';
import { type EntryBody, type Position, type Query, rollShard } from '../ledger/ledger.js';
import { type DroppedMonth, droppedMonth } from '../ledger/lost-months.js';
import { withinMonths } from '../ledger/month.js';
import { makeReceipt } from '../ledger/receipt.js';
import { type Signed, signedBy } from '../ledger/signed.js';
import { readBundle, readTile } from '../ledger/stored-tiles.js';
import { encodeTile, fullWidth, parseTilePath, type Tile, tileWidth } from '../ledger/tile.js';
import { type Exit, isExit } from '../problem.js';
import { question, type Recorder, recordOf } from './look.js';
import { sendProblem } from './problem.js';

export interface LedgerRoutes extends Recorder {
  /** As `openSearchPool` opens it. */
  readonly searches: Pool;
  readonly signed: Signed;
  /** Folder of the archives of dropped months; undefined when the gateway has none at hand. */
  archives(): string | undefined;
  /** Whether there are witnesses: who says how long to wait waits for them too. */
  readonly isWitnessed: boolean;
}

/** Longest that a receipt waits to be signed for, milliseconds, and what `Prefer: wait` may ask for. */
const usualWait = 2500;
const longestWait = 30_000;
/** The largest shard number a column of type int holds. */
const mostShard = 2 ** 31 - 1;
const digits = /^(?:0|[1-9][0-9]{0,15})$/;

export async function ledgerRoutes(scope: FastifyInstance, options: LedgerRoutes): Promise<void> {
  const { searches } = options;
  const query: Query = (text, values) => searches.query(text, [...values]);

  for (const [prefix, shardOf] of [
    ['/ledger', () => rollShard],
    ['/ledger/:shard', (request: FastifyRequest) => shardIn(request)],
  ] as const) {
    scope.get(`${prefix}/checkpoint`, async (request, reply) => {
      const shard = shardOf(request);
      // The roll's newest may still be on its way to the witnesses.
      const isCosigned = shard === rollShard && options.isWitnessed && !options.signed.tooFewWitnesses();
      const signed = await signedOf(query, shard, isCosigned ? 'ledger_witnessed' : 'ledger_checkpoints');
      if (signed === undefined) return sendProblem({ code: 'STILE_NOT_FOUND' }, request, reply);
      return reply
        .headers({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache' })
        .send(signed.note);
    });
    scope.get(`${prefix}/tile/*`, async (request, reply) => {
      const shard = shardOf(request);
      const signed = await signedOf(query, shard);
      const tile = parseTilePath(`tile/${(request.params as { '*': string })['*']}`);
      const isThere =
        signed !== undefined && tile !== null && tile.width <= tileWidth(tile.level, tile.index, signed.size);
      if (!isThere) return sendProblem({ code: 'STILE_NOT_FOUND' }, request, reply);
      if (tile.level === 'entries') return answerBundle(options, query, shard, tile, request, reply);
      const hashes = await readTile(query, shard, tile);
      return reply.headers({ ...bytes, 'cache-control': `public, ${forEver}` }).send(encodeTile(hashes));
    });
  }

  scope.get('/ledger/receipts/:shard/:index', (request, reply) => answerReceipt(options, query, request, reply));
}

const bytes = { 'content-type': 'application/octet-stream' };
const forEver = 'max-age=31536000, immutable';

/** The entries themselves are for auditors, and each bundle they take is on record before they have it. */
async function answerBundle(
  options: LedgerRoutes,
  query: Query,
  shard: number,
  tile: Tile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const principal = options.identify(request.headers.authorization);
  const staff = isExit(principal) ? principal : requireRole(principal, [role.auditor]);
  const first = tile.index * fullWidth;
  const dropped =
    (await droppedMonth(query, shard, first)) ?? (await droppedMonth(query, shard, first + tile.width - 1));
  const read = () => (dropped === null ? readBundle(query, shard, tile) : isArchived(dropped));
  const entries = isExit(staff) ? staff : await read();
  const asked = { record: `${shard}/${first}`, last: tile.width };
  const result = isExit(entries) ? entries : () => '';
  const record = await recordOf(options, question.bundle, { asked, result }, principal, request);
  if (isExit(record)) return sendProblem(record, request, reply);
  if (record !== undefined) reply.header('stile-record', record);
  if (isExit(entries)) return sendProblem(entries, request, reply, record);
  return reply.headers({ ...bytes, 'cache-control': `private, ${forEver}` }).send(encodeBundle(entries));
}

/** The shard a path names; of one that cannot be, a number that no shard has. */
function shardIn(request: FastifyRequest): number {
  const { shard = '' } = request.params as { readonly shard?: string };
  return digits.test(shard) && Number(shard) <= mostShard ? Number(shard) : mostShard;
}

async function signedOf(
  query: Query,
  shard: number,
  table: 'ledger_checkpoints' | 'ledger_witnessed' = 'ledger_checkpoints',
): Promise<{ readonly size: number; readonly note: string } | undefined> {
  const [row] = (await query(`SELECT size, note FROM ${table} WHERE shard = $1`, [shard])).rows;
  return row && { size: Number(row.size), note: row.note as string };
}

async function answerReceipt(
  options: LedgerRoutes,
  query: Query,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { shard = '', index = '' } = request.params as Readonly<Record<string, string>>;
  const principal = options.identify(request.headers.authorization);
  const found = isExit(principal) ? principal : await receiptFor(principal, { shard, index }, options, query, request);
  const isParty = !isExit(found) && !isExit(principal) && principal.kind === 'client';
  if (!isParty) {
    const asked = { asked: { record: `${shard}/${index}`.slice(0, 40) }, result: isExit(found) ? found : () => '' };
    const record = await recordOf(options, question.receipt, asked, principal, request);
    if (isExit(record)) return sendProblem(record, request, reply);
    if (record !== undefined) reply.header('stile-record', record);
    if (isExit(found)) return sendProblem(found, request, reply, record);
  }
  return reply
    .headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .send(JSON.stringify(found));
}

async function receiptFor(
  principal: Principal,
  { shard, index }: { readonly shard: string; readonly index: string },
  { signed, archives, isWitnessed }: LedgerRoutes,
  query: Query,
  request: FastifyRequest,
): Promise<Receipt | Exit> {
  const position = { shard: Number(shard), index: Number(index) };
  if (!digits.test(shard) || !digits.test(index) || position.shard > mostShard || !Number.isSafeInteger(position.index))
    return { code: 'STILE_RECORD_UNKNOWN' };
  if (!(await mayHave(principal, position, query))) return archivedReceipt(principal, position, archives(), query);
  const wait = waitIn(request.headers.prefer);
  const by = wait !== undefined && isWitnessed ? signedBy.witnesses : signedBy.ledger;
  await signed.covers(position, by, wait ?? usualWait);
  return (await makeReceipt(query, position)) ?? { code: 'STILE_RECEIPT_NOT_YET', retryAfter: 1 };
}

/** Of a record whose month was dropped: from its archive, where that is at hand, and else the word where it is. */
async function archivedReceipt(
  principal: Principal,
  position: Position,
  archives: string | undefined,
  query: Query,
): Promise<Receipt | Exit> {
  const dropped = await droppedMonth(query, position.shard, position.index);
  if (dropped === null) return { code: 'STILE_RECORD_UNKNOWN' };
  const entry = archives === undefined ? null : await archivedEntry(archives, dropped.month, position);
  // Which positions a month has anybody can read from checkpoints and tiles; whose they were is not told.
  if (entry === null) return isArchived(dropped);
  if (!isParty(principal, columnsOf(JSON.parse(entry) as EntryBody))) return { code: 'STILE_RECORD_UNKNOWN' };
  return (await makeReceipt(query, position, entry)) ?? isArchived(dropped);
}

const isArchived = ({ month, manifest }: DroppedMonth): Exit => ({
  code: 'STILE_RECEIPT_ARCHIVED',
  headers: { 'stile-archive': `${month} sha-256=${manifest}` },
});

async function mayHave(principal: Principal, { shard, index }: Position, query: Query): Promise<boolean> {
  const text = `SELECT consumer, provider FROM ledger_entries AS entry
    WHERE shard = $1 AND index = $2 AND ${withinMonths('entry', '$1', '$2')}`;
  const [row] = (await query(text, [shard, index])).rows;
  return row !== undefined && isParty(principal, row);
}

/** Its consumer, or the peer it asks through, and its provider; staff who watch or audit. To anyone else an entry is unknown. */
function isParty(
  principal: Principal,
  { consumer, provider }: { readonly consumer?: unknown; readonly provider?: unknown },
): boolean {
  if (principal.kind === 'staff') return principal.role === role.security || principal.role === role.auditor;
  const { department, peer } = principal.client;
  const isThrough = peer !== undefined && String(consumer).startsWith(`${department}.`);
  return department === consumer || department === provider || isThrough;
}

/** RFC 7240, section 4.3, in milliseconds. */
function waitIn(prefer: string | string[] | undefined): number | undefined {
  const [, seconds] = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(String(prefer ?? '')) ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1000, longestWait);
}
