/** Writes a closed month of the ledger as signed files that verify themselves, and reads them back before they get their name. */
import { type KeyObject, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../operator-error.js';
import { archiveFolder, syncFolder, writeArchiveFile } from './archive-folder.js';
import { type ArchivedFile, type ArchivedLog, formatManifest, logFiles, manifestName } from './archive-manifest.js';
import { entryLines, logsIn, subjectLines, tileLines } from './archive-source.js';
import { parseCheckpoint } from './checkpoint.js';
import { originOf } from './checkpoint-signer.js';
import { type Query, rollShard } from './ledger.js';
import { type MonthSpan, monthSpan } from './month.js';
import { formatNote, parseNote, signText } from './note.js';
import { noteSigner } from './note-key.js';
import { proveEntry } from './receipt.js';
import { verifierKeysOf } from './roll-keys.js';
import { type VerifiedArchive, verifyArchive } from './verify-archive.js';

export interface ArchiveOptions {
  /** All of its answers are of one snapshot. */
  readonly query: Query;
  readonly deployment: string;
  /** Sign the manifest, as they sign the roll. */
  readonly keys: readonly KeyObject[];
  /** `YYYY-MM`, in UTC. */
  readonly month: string;
  /** Of all archives; the month's is a folder in it. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** How long after its end a month may still be written to, milliseconds: clocks differ, and a commit takes its time. */
const grace = 60_000;

/** The last signed checkpoint of a log. */
interface Signed {
  readonly note: string;
  readonly rollIndex: number;
}

/**
 * @returns what was found in the files when they were read back
 * @throws {OperatorError} when the month is open, empty, not signed, or archived in that folder already
 */
export async function writeArchive(options: ArchiveOptions): Promise<VerifiedArchive> {
  const { query, deployment, keys, month, folder } = options;
  const span = monthSpan(month);
  if (options.now < span.ends + grace) throw stillOpen(month);
  const logs = await logsIn(query, span);
  if (logs.length === 0) throw empty(month);
  const signed = await readSigned(query);
  if (logs.some(({ shard, end }) => end > sizeOf(signed.get(shard)))) throw notSigned(month);
  const target = archiveFolder(folder, month);
  if (existsSync(target)) throw exists(target);
  const draft = join(folder, `.${month}.${randomBytes(4).toString('hex')}`);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const files = await writeFiles(query, draft, span, logs, signed);
    const origin = originOf(deployment, rollShard);
    const text = formatManifest({ origin, month, logs, files });
    const note = formatNote({ text, signatures: keys.map(key => signText(text, noteSigner(origin, key))) });
    await writeArchiveFile(draft, manifestName, [note]);
    await syncFolder(draft);
    const verified = await verifyArchive(draft, verifierKeysOf(origin, keys));
    await rename(draft, target);
    await syncFolder(folder);
    return verified;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

async function writeFiles(
  query: Query,
  draft: string,
  span: MonthSpan,
  logs: readonly ArchivedLog[],
  signed: ReadonlyMap<number, Signed>,
): Promise<readonly ArchivedFile[]> {
  const files: ArchivedFile[] = [];
  const write = async (name: string, texts: AsyncIterable<string> | Iterable<string>) =>
    files.push(await writeArchiveFile(draft, name, texts));
  const roll = signed.get(rollShard)?.note ?? '';
  await write(logFiles(rollShard).checkpoint, [roll]);
  for (const log of logs) {
    const names = logFiles(log.shard);
    const own = signed.get(log.shard);
    await write(names.entries, entryLines(query, log, span));
    await write(names.subjects, subjectLines(query, log, span));
    await write(names.tiles, tileLines(query, log, sizeOf(own)));
    if (own === undefined || log.shard === rollShard) continue;
    const pin = await proveEntry(query, { shard: rollShard, index: own.rollIndex }, roll);
    if (pin === null) throw notSigned(span.month);
    await write(names.checkpoint, [own.note]);
    await write(names.pin, [JSON.stringify(pin)]);
  }
  return files.sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function readSigned(query: Query): Promise<ReadonlyMap<number, Signed>> {
  const { rows } = await query('SELECT shard, note, roll_index FROM ledger_checkpoints', []);
  return new Map(
    rows.map(row => [Number(row.shard), { note: row.note as string, rollIndex: Number(row.roll_index ?? -1) }]),
  );
}

const sizeOf = (signed: Signed | undefined): number =>
  signed === undefined ? 0 : parseCheckpoint(parseNote(signed.note).text).size;

const stillOpen = (month: string) =>
  new OperatorError({
    zh: `${month}（UTC）尚未结束，不能归档。`,
    en: `${month} (UTC) is not over: only a closed month can be archived.`,
  });

const empty = (month: string) =>
  new OperatorError({ zh: `台账在 ${month}（UTC）没有条目。`, en: `The ledger has no entry of ${month} (UTC).` });

const notSigned = (month: string) =>
  new OperatorError({
    zh: `${month} 的条目尚未全部被签名的检查点覆盖。请启动网关，稍后重试。`,
    en: `Not every entry of ${month} is covered by a signed checkpoint yet. Have a gateway run, and try again.`,
  });

const exists = (folder: string) =>
  new OperatorError({ zh: `${folder} 已存在，不会覆盖。`, en: `${folder} is there already and is not overwritten.` });
