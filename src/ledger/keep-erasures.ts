/** Erases again what a restored backup has brought back, before the gateway is ready, and keeps the files of what was erased whole. */
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { randomId } from '../random.js';
import { deleteKeyFile, deletionOf, hasKeyFile } from './deleted-periods.js';
import { erasureDraft } from './erase-text.js';
import { type Keeper, openKeeper, type Pauses } from './keeper.js';
import type { KeptErasures } from './kept-erasures.js';
import { entryKind, erasureAction, type Ledger } from './ledger.js';
import { periodsIn } from './period-keys.js';

export interface KeepErasuresOptions {
  readonly pool: Pool;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly kept: KeptErasures;
  /** Of the months' keys. */
  readonly periodFolder: string;
  readonly logger: Logger;
}

const pauses: Pauses = { well: 60_000, wrong: 1000 };
/** Replicas take turns under this advisory lock, so that nothing is erased twice; any number that nobody else uses. */
const lock = 5_491_837_268;

/** Well is when nothing is left that had been erased; whatever goes wrong in a look is logged, and tried again. */
export function keepErasures(options: KeepErasuresOptions): Promise<Keeper> {
  const { logger } = options;
  async function look(): Promise<void> {
    await keepFiles(options);
    const count = await eraseAgain(options);
    if (count > 0) logger.warn({ count }, 'what had been erased was back, and is erased again');
  }
  return openKeeper(look, pauses, (error, wasWell) => {
    if (wasWell) logger.error({ err: error }, 'it could not be seen whether anything erased is back');
  });
}

interface ToldErasure {
  readonly position: string;
  readonly time: string;
  /** The erasure's entry. */
  readonly entry: { readonly action: string; readonly period?: string } & Parameters<typeof erasureDraft>[0];
  /** Of the entry whose text it erased; null of a period. */
  readonly id: string | null;
}

const toldSql = `SELECT entry.shard || '/' || entry.index AS position,
    told::json ->> 'time' AS time, told::json AS entry, beside.id
  FROM ledger_entries AS entry CROSS JOIN convert_from(entry.entry, 'UTF8') AS told
  LEFT JOIN ledger_texts AS beside ON beside.shard = split_part(told::json ->> 'record', '/', 1)::int
    AND beside.index = split_part(told::json ->> 'record', '/', 2)::bigint
  WHERE entry.kind = 'erasure' AND entry.outcome IS NULL`;

/** A gateway that died after an erasure's entry was stored has not kept its file. */
async function keepFiles(options: KeepErasuresOptions): Promise<void> {
  const { pool, kept } = options;
  for (const { position: record, time, entry, id } of (await pool.query<ToldErasure>(toldSql)).rows) {
    const { action, period, reason, staff } = entry;
    if (action === erasureAction.text && id !== null && kept.of(id) === null)
      kept.keep(id, { record, time, reason, staff });
    if (action === erasureAction.period && period !== undefined) warnOfKey(period, record, options);
  }
}

/** Nobody deletes a key on the database's word alone: whoever can write there could have all of them deleted. */
function warnOfKey(period: string, record: string, { periodFolder, logger }: KeepErasuresOptions): void {
  if (deletionOf(periodFolder, period) !== null || !hasKeyFile(periodFolder, period)) return;
  logger.error({ period, record }, 'a month has a key that the ledger says was deleted');
}

/** @returns how much was there again */
async function eraseAgain(options: KeepErasuresOptions): Promise<number> {
  const { pool, kept } = options;
  if ((await textsBack(pool, kept)).length + keysBack(options).length === 0) return 0;
  const client = await pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    return (await eraseTexts(await textsBack(client, kept), options)) + (await deleteKeys(options));
  } finally {
    // Ends the session, and with it the lock.
    client.release(true);
  }
}

interface TextBack {
  readonly id: string;
  readonly shard: number;
  readonly index: string;
}

async function textsBack(store: Pick<Pool, 'query'>, kept: KeptErasures): Promise<readonly TextBack[]> {
  const text = 'SELECT id, shard, index FROM ledger_texts WHERE id = ANY($1) AND text IS NOT NULL';
  return (await store.query<TextBack>(text, [kept.ids()])).rows;
}

async function eraseTexts(back: readonly TextBack[], { kept, ledger }: KeepErasuresOptions): Promise<number> {
  for (const { id, shard, index } of back) {
    const erasure = kept.of(id);
    if (erasure === null) continue;
    await ledger.append(erasureDraft(erasure, { shard, index: Number(index) }, { again: erasure.record }));
  }
  return back.length;
}

/** Periods that have both a key and the note that it was deleted. */
const keysBack = ({ periodFolder }: KeepErasuresOptions): readonly string[] =>
  periodsIn(periodFolder, 'deleted').filter(period => hasKeyFile(periodFolder, period));

async function deleteKeys(options: KeepErasuresOptions): Promise<number> {
  const { ledger, periodFolder } = options;
  const back = keysBack(options);
  for (const period of back) {
    const deletion = deletionOf(periodFolder, period);
    if (deletion === null) continue;
    const entry = {
      kind: entryKind.erasure,
      id: randomId(),
      action: erasureAction.period,
      period,
      again: deletion.record,
    };
    await ledger.append({ entry });
    deleteKeyFile(periodFolder, period, deletion);
  }
  return back.length;
}
