/** Goes through one log of a store, entry by entry in one pass: what each row must be, and the tree over all of them. */
import type { TaggedSubject } from '../entry.js';
import { entryKind } from '../ledger.js';
import { readTile } from '../stored-tiles.js';
import { fullWidth, tilePath, tileWidth } from '../tile.js';
import { type DroppedRange, type ToldDrop, toldDrop } from './dropped-range.js';
import { type Findings, ledgerWrong, logName, positionName } from './finding.js';
import { emptyTree, type FullTile, growTree, type TreeState } from './growing-tree.js';
import { type MonthStart, openMonthStarts } from './month-starts.js';
import { openPartsCheck } from './parts-check.js';
import { readRows } from './row-reader.js';
import type { Snapshot } from './snapshot.js';
import { openRowCheck, type Parsed, rowColumns } from './stored-row.js';
import { checkTiles } from './stored-tile-check.js';
import { openTextCheck } from './text-check.js';
import { type Log, untilOf } from './walk-roll.js';

/** All that is needed to go on with a log later: O(log n), and its open intents. */
export interface LogState {
  readonly size: number;
  readonly tree: TreeState;
  /** False once something was missing: roots say nothing any more. */
  readonly isWhole: boolean;
  /** Of the last entry, milliseconds since 1970 in UTC. */
  readonly time: number;
  readonly months: readonly MonthStart[];
  /** Id and index of each intent that no record has closed yet. */
  readonly intents: readonly (readonly [string, number])[];
  readonly drops: readonly ToldDrop[];
}

export const unreadLog: LogState = {
  size: 0,
  tree: emptyTree,
  isWhole: true,
  time: 0,
  months: [],
  intents: [],
  drops: [],
};

export interface LogCheck extends Log {
  /** Of the last entry; null where that was dropped. */
  readonly time: number | null;
  /** The position of the first row not gone through yet, if there is one. */
  next(): Promise<number | undefined>;
  state(): LogState;
}

export interface LogCheckOptions {
  readonly snapshot: Snapshot;
  readonly shard: number;
  /** Of all logs. Their leaves are believed as far as the roots bear them out. */
  readonly dropped: readonly DroppedRange[];
  /** As its head has it: up to there it has tiles. */
  readonly headSize: number;
  readonly findings: Findings;
  /** Rows held at a time. */
  readonly batch: number;
  /** Called with how many more entries were gone through. */
  readonly progress: (count: number) => void;
}

/** Rows gone through before others get their turn. */
const stride = 1000;
type Subject = TaggedSubject & { readonly time: number };

export async function openLogCheck(options: LogCheckOptions, from: LogState = unreadLog): Promise<LogCheck> {
  const { snapshot, shard, findings } = options;
  const dropped = options.dropped.filter(range => range.shard === shard);
  const tree = growTree(from.tree);
  const months = openMonthStarts(from.months);
  const intents = new Map(from.intents);
  const drops = [...from.drops];
  const where = `WHERE shard = ${shard} AND index >= ${from.size} ORDER BY index`;
  const entries = readRows(await snapshot.rows(`SELECT ${rowColumns} FROM ledger_entries ${where}`, options.batch));
  const sides = readRows(
    await snapshot.rows(`SELECT index, time, tag, role FROM ledger_subjects ${where}`, options.batch),
  );
  const texts = await openTextCheck(snapshot, shard, from.size, findings);
  const parts = openPartsCheck(snapshot.query, shard, options.dropped, findings);
  const checkRow = openRowCheck();
  let { size, isWhole, time } = from;
  let at = 0;
  let tiles: FullTile[] = [];
  const fill = (tile: FullTile) => tiles.push(tile);

  /** The stretch that was dropped and that the next position is in or before. */
  function nextDropped(): DroppedRange | undefined {
    while ((dropped[at]?.end ?? size + 1) <= size) at += 1;
    return dropped[at];
  }

  function enter(entry: Parsed | null, rowTime: number): void {
    if (rowTime < time) findings.add(ledgerWrong.time, positionName(shard, size));
    else time = rowTime;
    months.enter(time, size);
    if (entry?.kind === entryKind.intent) intents.set(entry.id, size);
    else if (typeof entry?.intent === 'string') intents.delete(entry.intent);
    const drop = entry && toldDrop(entry);
    if (drop) drops.push(drop);
  }

  /** Goes on over entries that were dropped, by their leaves. */
  async function passDropped({ begins, first }: DroppedRange, to: number): Promise<void> {
    if (size === first) {
      time = Math.max(time, begins);
      months.enter(time, first);
      // Whether these were closed is in what was dropped.
      intents.clear();
    }
    for (const row of await entries.takeBefore(to))
      findings.add(ledgerWrong.months, positionName(shard, Number(row[0])));
    for (const row of await sides.takeBefore(to))
      findings.add(ledgerWrong.subjects, positionName(shard, Number(row[0])));
    while (size < to) {
      const index = Math.floor(size / fullWidth);
      const tile = { level: 0, index, width: tileWidth(0, index, options.headSize) };
      const leaves = await readTile(snapshot.query, shard, tile).catch(notThere);
      const upTo = Math.min(to, (index + 1) * fullWidth);
      if (leaves === null) findings.add(ledgerWrong.tile, logName(shard), { detail: tilePath(tile) });
      isWhole &&= leaves !== null;
      if (isWhole)
        for (const leaf of leaves?.slice(size % fullWidth, upTo - index * fullWidth) ?? []) tree.add(leaf, fill);
      options.progress(upTo - size);
      size = upTo;
    }
  }

  /** The side rows of a position; those of positions before it belong to no entry. */
  async function subjectsOf(index: number): Promise<readonly Subject[]> {
    const found: Subject[] = [];
    for (
      let row = sides.peek() ?? (await sides.fill());
      row !== undefined;
      row = sides.peek() ?? (await sides.fill())
    ) {
      const of = Number(row[0]);
      if (of > index) break;
      if (of < index) findings.add(ledgerWrong.subjects, positionName(shard, of));
      else found.push({ tag: (row[2] ?? '').slice(2), role: row[3] as Subject['role'], time: Number(row[1]) });
      sides.take();
    }
    return found;
  }

  function skipTo(index: number): void {
    findings.add(ledgerWrong.missing, positionName(shard, size), untilOf(shard, size, index));
    isWhole = false;
    size = index;
  }

  async function flush(isSigned: boolean): Promise<void> {
    await checkTiles(snapshot.query, shard, tiles, isSigned, findings);
    tiles = [];
    await parts.flush();
  }

  async function advance(to: number, isSigned: boolean, each?: Parameters<Log['advance']>[2]): Promise<boolean> {
    let since = 0;
    while (size < to) {
      const gone = nextDropped();
      if (gone !== undefined && gone.first <= size) {
        await passDropped(gone, Math.min(gone.end, to));
        continue;
      }
      const row = entries.peek() ?? (await entries.fill());
      if (row === undefined) break;
      const index = Number(row[0]);
      if (index > size) {
        skipTo(Math.min(index, gone?.first ?? index, to));
        continue;
      }
      entries.take();
      if (index < size) {
        findings.add(ledgerWrong.twice, positionName(shard, index));
        continue;
      }
      const checked = checkRow(row, positionName(shard, index), await subjectsOf(index), findings);
      const { entry } = checked;
      if (entry?.parent !== undefined || entry?.parts !== undefined)
        await parts.note(entry, index, intents.get(String(entry.intent)));
      enter(entry, checked.time);
      await texts.check(entry, index);
      each?.(entry, index, checked.time);
      if (isWhole) tree.add(checked.leaf, fill);
      size += 1;
      since += 1;
      if (since < stride) continue;
      await flush(isSigned);
      options.progress(since);
      since = 0;
    }
    await flush(isSigned);
    options.progress(since);
    return size >= to;
  }

  return {
    get size() {
      return size;
    },
    get isWhole() {
      return isWhole;
    },
    get time() {
      return dropped.some(({ first, end }) => first < size && size <= end) ? null : time;
    },
    root: () => tree.root(),
    advance,
    async next() {
      const row = entries.peek() ?? (await entries.fill());
      if (row === undefined) {
        await subjectsOf(Number.POSITIVE_INFINITY);
        await texts.end();
      }
      return row === undefined ? undefined : Number(row[0]);
    },
    state: () => ({
      size,
      tree: tree.state(),
      isWhole,
      time,
      months: [...months.list],
      intents: [...intents],
      drops: [...drops],
    }),
  };
}

/** @throws whatever is not the store's word that it has not so many */
function notThere(error: unknown): null {
  if (error instanceof RangeError) return null;
  throw error;
}
