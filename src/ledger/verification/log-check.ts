/** Goes through one log of a store, entry by entry in one pass: what each row must be, and the tree over all of them. */
import type { TaggedSubject } from '../entry.js';
import { entryKind } from '../ledger.js';
import type { Hash } from '../merkle.js';
import { type Findings, ledgerWrong, positionName } from './finding.js';
import { emptyTree, type FullTile, growTree, type TreeState } from './growing-tree.js';
import type { Rows, Snapshot, TextRow } from './snapshot.js';
import { openRowCheck, type Parsed, rowColumns } from './stored-row.js';
import { checkTiles } from './stored-tile-check.js';

/** All that is needed to go on with a log later: O(log n), and its open intents. */
export interface LogState {
  readonly tree: TreeState;
  /** False once something was missing: roots say nothing any more. */
  readonly isWhole: boolean;
  /** Of the last entry, milliseconds since 1970 in UTC. */
  readonly time: number;
  /** Each month's first millisecond, and the index its entries begin at. */
  readonly months: readonly (readonly [number, number])[];
  /** Id and index of each intent that no record has closed yet. */
  readonly intents: readonly (readonly [string, number])[];
}

export const unreadLog: LogState = { tree: emptyTree, isWhole: true, time: 0, months: [], intents: [] };

export interface LogCheck {
  /** How many positions were gone through. */
  readonly size: number;
  readonly isWhole: boolean;
  readonly time: number;
  root(): Hash;
  /**
   * Goes on to a size, or to the last row where there are fewer.
   *
   * @param isSigned whether a checkpoint covers it: then its full tiles must be there
   * @param each is given every entry; null where it is no JSON
   * @returns whether there were as many
   */
  advance(
    size: number,
    isSigned: boolean,
    each?: (entry: Parsed | null, index: number, time: number) => void,
  ): Promise<boolean>;
  /** The position of the first row not gone through yet, if there is one. */
  next(): Promise<number | undefined>;
  state(): LogState;
}

export interface LogCheckOptions {
  readonly snapshot: Snapshot;
  readonly shard: number;
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
  const tree = growTree(from.tree);
  const intents = new Map(from.intents);
  const months = [...from.months];
  const where = `WHERE shard = ${shard} AND index >= ${tree.size} ORDER BY index`;
  const entries = reader(await snapshot.rows(`SELECT ${rowColumns} FROM ledger_entries ${where}`, options.batch));
  const sides = reader(
    await snapshot.rows(`SELECT index, time, tag, role FROM ledger_subjects ${where}`, options.batch),
  );
  const checkRow = openRowCheck();
  let { isWhole, time } = from;
  let size = tree.size;
  let monthEnds = months.length === 0 ? 0 : monthAfter(time);

  function enter(entry: Parsed | null, rowTime: number): void {
    if (rowTime < time) findings.add(ledgerWrong.time, positionName(shard, size));
    else time = rowTime;
    if (time >= monthEnds) {
      months.push([monthOf(time), size]);
      monthEnds = monthAfter(time);
    }
    if (entry?.kind === entryKind.intent) intents.set(entry.id, size);
    else if (typeof entry?.intent === 'string') intents.delete(entry.intent);
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
    const until = index - 1 > size ? { until: positionName(shard, index - 1) } : {};
    findings.add(ledgerWrong.missing, positionName(shard, size), until);
    isWhole = false;
    size = index;
  }

  async function advance(to: number, isSigned: boolean, each?: Parameters<LogCheck['advance']>[2]): Promise<boolean> {
    let tiles: FullTile[] = [];
    let since = 0;
    while (size < to) {
      const row = entries.peek() ?? (await entries.fill());
      if (row === undefined) break;
      const index = Number(row[0]);
      if (index > size) skipTo(Math.min(index, to));
      if (index >= to && size >= to) break;
      entries.take();
      if (index < size) {
        findings.add(ledgerWrong.twice, positionName(shard, index));
        continue;
      }
      const {
        leaf,
        time: rowTime,
        entry,
      } = checkRow(row, positionName(shard, index), await subjectsOf(index), findings);
      enter(entry, rowTime);
      each?.(entry, index, rowTime);
      if (isWhole) tree.add(leaf, tile => tiles.push(tile));
      size += 1;
      since += 1;
      if (since < stride) continue;
      await checkTiles(snapshot.query, shard, tiles, isSigned, findings);
      tiles = [];
      options.progress(since);
      since = 0;
    }
    await checkTiles(snapshot.query, shard, tiles, isSigned, findings);
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
      return time;
    },
    root: () => tree.root(),
    advance,
    async next() {
      const row = entries.peek() ?? (await entries.fill());
      if (row === undefined) await subjectsOf(Number.POSITIVE_INFINITY);
      return row === undefined ? undefined : Number(row[0]);
    },
    state: () => ({ tree: tree.state(), isWhole, time, months: [...months], intents: [...intents] }),
  };
}

/** Hands out rows one by one, and waits only where a batch ends. */
function reader(rows: Rows) {
  let batch: readonly TextRow[] = [];
  let at = 0;
  return {
    peek: (): TextRow | undefined => batch[at],
    take: (): void => {
      at += 1;
    },
    async fill(): Promise<TextRow | undefined> {
      batch = await rows.next();
      at = 0;
      return batch[at];
    },
  };
}

function monthOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

function monthAfter(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
