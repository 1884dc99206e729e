/** Drops a month that is archived: verifies its archive against the store, enters that into the ledger, and only then drops. */
import pg from 'pg';
import { OperatorError } from '../operator-error.js';
import { randomId } from '../random.js';
import type { RetentionSettings } from '../registry/settings.js';
import type { Text } from '../text.js';
import { ArchiveError, archiveFault } from './archive-fault.js';
import { archiveFolder, digestTexts } from './archive-folder.js';
import { type ArchivedFile, logFiles, manifestName } from './archive-manifest.js';
import { entryLines, logsIn, subjectLines, tileLines } from './archive-source.js';
import { parseCheckpoint } from './checkpoint.js';
import { isHeld, keptUntil } from './kept-months.js';
import { entryKind, type Ledger, type Query, retentionAction } from './ledger.js';
import { type MonthSpan, monthSpan } from './month.js';
import { parseNote } from './note.js';
import { readCheckpointNote, type VerifiedArchive, verifyArchive } from './verify-archive.js';

export interface DropOptions {
  /** As the owner of the tables; each statement by itself. */
  readonly query: Query;
  readonly ledger: Pick<Ledger, 'append'>;
  /** Verifier keys of the roll. */
  readonly rollKeys: readonly string[];
  /** `YYYY-MM`, in UTC. */
  readonly month: string;
  /** Of all archives. */
  readonly folder: string;
  readonly settings: RetentionSettings;
  /** Who has it dropped, on their own word. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** @throws {OperatorError} when the month must stay, or the archive is not what the store has; nothing was dropped */
export async function dropMonth(options: DropOptions): Promise<VerifiedArchive> {
  const { query, month, now } = options;
  const span = monthSpan(month);
  const [there] = (await query('SELECT ledger_has_month($1) AS found', [span.begins])).rows;
  if (there?.found !== true) throw new OperatorError(refusals(month).unknown ?? refused(month));
  if (await isHeld(query, month)) throw new OperatorError(refusals(month).held ?? refused(month));
  const until = await keptUntil(query, span, options.settings);
  if (now < until) throw tooEarly(month, until);
  const folder = archiveFolder(options.folder, month);
  const verified = await verifyArchive(folder, options.rollKeys);
  await requireSame(query, folder, span, verified);
  const { shard, index } = await options.ledger.append({
    entry: {
      kind: entryKind.retention,
      id: randomId(),
      action: retentionAction.dropped,
      month,
      manifest: verified.digest,
      operator: { id: options.by, assurance: 'asserted' },
    },
  });
  try {
    const values = [month, Buffer.from(verified.digest, 'hex'), shard, index];
    await query('SELECT ledger_drop_month($1, $2, $3, $4)', values);
  } catch (error) {
    throw refusedBy(error, month);
  }
  return verified;
}

/** What the store would archive now is, byte for byte, what was archived. */
async function requireSame(query: Query, folder: string, span: MonthSpan, verified: VerifiedArchive): Promise<void> {
  const { logs, files, month } = verified.manifest;
  const [withheld] = verified.withheld;
  if (withheld !== undefined) throw new ArchiveError(archiveFault.missing, withheld);
  const stored = await logsIn(query, span);
  if (month !== span.month || JSON.stringify(stored) !== JSON.stringify(logs))
    throw new ArchiveError(archiveFault.store, manifestName);
  const archived = new Map(files.map(file => [file.name, file]));
  const isSame = ({ name, size, digest }: ArchivedFile) =>
    archived.get(name)?.digest === digest && archived.get(name)?.size === size;
  for (const log of logs) {
    const names = logFiles(log.shard);
    const { size } = parseCheckpoint(parseNote(readCheckpointNote(folder, log.shard)).text);
    for (const [name, texts] of [
      [names.entries, entryLines(query, log, span)],
      [names.subjects, subjectLines(query, log, span)],
      [names.tiles, tileLines(query, log, size)],
    ] as const) {
      if (!isSame(await digestTexts(name, texts))) throw new ArchiveError(archiveFault.store, name);
    }
  }
}

/** As 008-retention.sql raises it. */
const refusedCode = 'ST001';
const lockNotAvailable = '55P03';

function refusedBy(error: unknown, month: string): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  if (error.code === lockNotAvailable)
    return new OperatorError(refusals(month).busy ?? refused(month), { cause: error });
  if (error.code !== refusedCode) return error;
  return new OperatorError(refusals(month)[error.message] ?? refused(month), { cause: error });
}

const refused = (month: string): Text => ({
  zh: `存储库拒绝删除 ${month}。`,
  en: `The store refused to drop ${month}.`,
});

const refusals = (month: string): Readonly<Record<string, Text>> => ({
  unknown: { zh: `存储库没有 ${month} 的分区。`, en: `The store has no partition of ${month}.` },
  held: {
    zh: `${month} 处于法定保全中，不得删除；解除用 stile ledger hold ${month} --free。`,
    en: `${month} is under legal hold and stays; stile ledger hold ${month} --free ends that.`,
  },
  retention: {
    zh: `${month} 未满法定最短保存期限，不得删除。`,
    en: `${month} is within the least time that the law demands, and stays.`,
  },
  roll: {
    zh: `某分片的最新检查点仍在 ${month} 的总册条目里。请让网关运行数秒后重试。`,
    en: `The last checkpoint of a shard is in an entry of the roll of ${month}. Have a gateway run for some seconds, and try again.`,
  },
  tiles: {
    zh: `${month} 的哈希块尚未写全。请让网关运行数秒后重试。`,
    en: `The hash tiles of ${month} are not written yet. Have a gateway run for some seconds, and try again.`,
  },
  busy: {
    zh: '台账正忙，一秒内没有得到锁，未删除；请重试。',
    en: 'The ledger is busy: no lock within a second, and nothing was dropped. Try again.',
  },
});

function tooEarly(month: string, until: number): OperatorError {
  const day = new Date(until).toISOString().slice(0, 10);
  return new OperatorError({
    zh: `${month} 至少保存到 ${day}，不得删除。`,
    en: `${month} is kept until ${day} at least, and stays.`,
  });
}
