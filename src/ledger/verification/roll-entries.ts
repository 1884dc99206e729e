/** Takes the roll's entries in their order: the keys that sign from there on, and the checkpoints that each shard is held against. */
import { rollKind, rollShard } from '../ledger.js';
import type { Hash } from '../merkle.js';
import { type Findings, ledgerWrong, positionName } from './finding.js';
import type { KeyChain } from './key-chain.js';
import type { Parsed } from './stored-row.js';
import { type Log, untilOf } from './walk-roll.js';

/** The last checkpoint of a shard that the roll holds. */
export interface Last {
  readonly size: number;
  readonly root: Hash;
  /** Of the roll's entry. */
  readonly index: number;
  readonly note: string;
  /** Whether the shard was what it says, here and at each one before. */
  readonly isGood: boolean;
}

export interface RollEntries {
  readonly last: ReadonlyMap<number, Last>;
  /** How many checkpoints of shards were taken. */
  readonly checkpoints: number;
  take(entry: Parsed | null, index: number): Promise<void>;
}

export interface RollEntriesOptions {
  readonly chain: KeyChain;
  readonly findings: Findings;
  /** The log of a shard, as far as it was gone through. */
  readonly shardOf: (shard: number) => Promise<Log>;
  /** Of a verification that is resumed. */
  readonly last: Readonly<Record<string, Last>>;
}

export function openRollEntries({ chain, findings, shardOf, last: before }: RollEntriesOptions): RollEntries {
  const last = new Map(Object.entries(before).map(([shard, each]) => [Number(shard), each]));
  let checkpoints = 0;

  async function takeCheckpoint(entry: Parsed, index: number): Promise<void> {
    const at = positionName(rollShard, index);
    const shard = Number(entry.shard);
    const checkpoint =
      Number.isSafeInteger(shard) && shard >= 0 ? chain.checkpoint(entry.checkpoint, shard) : ledgerWrong.checkpoint;
    if (typeof checkpoint === 'string') return findings.add(checkpoint, at);
    const { size, root } = checkpoint;
    const before = last.get(shard);
    if (entry.size !== size || size < (before?.size ?? 0))
      return findings.add(ledgerWrong.checkpoint, at, { detail: `${size}` });
    const log = await shardOf(shard);
    const wasWhole = log.isWhole && before?.isGood !== false;
    const isThere = await log.advance(size, true);
    if (!isThere && wasWhole)
      findings.add(ledgerWrong.missing, positionName(shard, log.size), untilOf(shard, log.size, size));
    const isGood = wasWhole && isThere && log.isWhole && log.root() === root;
    if (wasWhole && isThere && log.isWhole && !isGood) {
      const first = before?.size ?? 0;
      findings.add(ledgerWrong.root, positionName(shard, first), { ...untilOf(shard, first, size), detail: at });
    }
    last.set(shard, { size, root, index, note: String(entry.checkpoint), isGood });
  }

  return {
    last,
    get checkpoints() {
      return checkpoints;
    },
    async take(entry, index) {
      if (entry?.kind === rollKind.key) {
        const wrong = chain.change(entry);
        if (wrong !== null) findings.add(wrong, positionName(rollShard, index));
      } else if (entry?.kind === rollKind.checkpoint) {
        await takeCheckpoint(entry, index);
        checkpoints += 1;
      }
    },
  };
}
