/** Goes through the roll from where it is to its end, and stops where a checkpoint is to be compared: of the roll, and of each shard it pins. */

import { rollShard } from '../ledger.js';
import type { Hash } from '../merkle.js';
import type { TreeHead } from '../proof.js';
import { type Findings, ledgerWrong, logName, positionName } from './finding.js';
import type { Parsed } from './stored-row.js';

/** One log as it is read from its beginning, whoever keeps it. */
export interface Log {
  /** How many positions were gone through. */
  readonly size: number;
  /** False once something was missing: roots say nothing any more. */
  readonly isWhole: boolean;
  root(): Hash;
  /**
   * Goes on to a size, or to the last entry where there are fewer.
   *
   * @param isSigned whether a checkpoint covers it: then its full tiles must be there
   * @param each is given every entry that is there; null where it is no JSON. Time in milliseconds since 1970 in UTC
   * @returns whether there were as many
   */
  advance(
    size: number,
    isSigned: boolean,
    each?: (entry: Parsed | null, index: number, time: number) => void,
  ): Promise<boolean>;
}

export interface RollWalk {
  readonly roll: Log;
  /** Size of the roll's last checkpoint, as it is told. */
  readonly claimed: number;
  /** How far there is something to read. */
  readonly end: number;
  /** Checkpoints that were kept from before. */
  readonly kept: readonly TreeHead[];
  readonly findings: Findings;
  /** Is given each entry of the roll in order. */
  readonly take: (entry: Parsed | null, index: number) => Promise<void>;
  /** Between two stretches. */
  readonly pause: () => void;
  readonly ended: AbortSignal;
}

export interface Walked {
  /** Over the entries at the size of the last checkpoint; null where there are not so many, or not all. */
  readonly signedRoot: Hash | null;
  /** The times of the entries that the last checkpoint does not cover. */
  readonly unsignedTimes: ReadonlySet<number>;
}

/** Entries of the roll taken at a time. */
const stride = 256;

export async function walkRoll(walk: RollWalk): Promise<Walked> {
  const { roll, claimed, end, kept, findings } = walk;
  const unsignedTimes = new Set<number>();
  const toMeet = new Set(kept.filter(({ size }) => size > roll.size));
  let signedRoot: Hash | null = null;
  for (;;) {
    if (roll.size === claimed && roll.isWhole) signedRoot = roll.root();
    for (const each of toMeet) {
      if (each.size !== roll.size) continue;
      toMeet.delete(each);
      if (!roll.isWhole || roll.root() !== each.root) findings.add(ledgerWrong.kept, logName(rollShard), sizeOf(each));
    }
    if (roll.size >= end || walk.ended.aborted) break;
    const stops = [claimed, ...kept.map(({ size }) => size), roll.size + stride, end];
    const to = Math.min(...stops.filter(size => size > roll.size));
    const taken: [Parsed | null, number][] = [];
    const isThere = await roll.advance(to, to <= claimed, (entry, index, time) => {
      taken.push([entry, index]);
      if (index >= claimed) unsignedTimes.add(time);
    });
    for (const [entry, index] of taken) await walk.take(entry, index);
    walk.pause();
    if (isThere) continue;
    findings.add(ledgerWrong.missing, positionName(rollShard, roll.size), untilOf(rollShard, roll.size, end));
    break;
  }
  if (!walk.ended.aborted) {
    for (const each of toMeet)
      findings.add(ledgerWrong.kept, logName(rollShard), { detail: `${roll.size} < ${each.size}` });
  }
  return { signedRoot, unsignedTimes };
}

export const sizeOf = ({ size }: TreeHead) => ({ detail: `${size}` });

/** The last position of a gap, where there is more than one in it. */
export const untilOf = (shard: number, first: number, end: number) =>
  end - 1 > first ? { until: positionName(shard, end - 1) } : {};
