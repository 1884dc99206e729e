/** Takes the roll's entries in their order: the keys that sign from there on, and the checkpoints that each shard is held against. */
import { rollKind, rollShard, shardAction } from '../ledger.js';
import type { Hash } from '../merkle.js';
import { type Findings, ledgerWrong, logName, positionName } from './finding.js';
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
  /** The shards the roll told of; of a retired one its last size. */
  readonly set: ReadonlyMap<number, number | null>;
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
  readonly set: readonly (readonly [number, number | null])[];
  /** Whether the roll is read from its first entry on: then no shard is in it that it did not tell of. */
  readonly isFromFirst: boolean;
}

export function openRollEntries(options: RollEntriesOptions): RollEntries {
  const { chain, findings, shardOf } = options;
  const last = new Map(Object.entries(options.last).map(([shard, each]) => [Number(shard), each]));
  const set = new Map(options.set);
  let checkpoints = 0;

  /** Whether a shard may have a checkpoint of that size. */
  function mayHave(shard: number, size: number): boolean {
    const end = set.get(shard);
    return end === undefined ? !options.isFromFirst : end === null || end === size;
  }

  function takeShard({ action, shard: told, size }: Parsed, at: string): void {
    const shard = Number(told);
    const isAdded = action === shardAction.added && !set.has(shard);
    const isRetired = action === shardAction.retired && mayHave(shard, Number(size)) && set.get(shard) !== size;
    if (isAdded) set.set(shard, null);
    else if (isRetired && (last.get(shard)?.size ?? 0) === size) set.set(shard, Number(size));
    else findings.add(ledgerWrong.shard, at, { detail: logName(shard) });
  }

  async function takeCheckpoint(entry: Parsed, index: number): Promise<void> {
    const at = positionName(rollShard, index);
    const shard = Number(entry.shard);
    const checkpoint =
      Number.isSafeInteger(shard) && shard >= 0 ? chain.checkpoint(entry.checkpoint, shard) : ledgerWrong.checkpoint;
    if (typeof checkpoint === 'string') return findings.add(checkpoint, at);
    const { size, root } = checkpoint;
    if (!mayHave(shard, size)) findings.add(ledgerWrong.shard, at, { detail: logName(shard) });
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
    set,
    get checkpoints() {
      return checkpoints;
    },
    async take(entry, index) {
      if (entry?.kind === rollKind.key) {
        const wrong = chain.change(entry);
        if (wrong !== null) findings.add(wrong, positionName(rollShard, index));
      } else if (entry?.kind === rollKind.shard) {
        takeShard(entry, positionName(rollShard, index));
      } else if (entry?.kind === rollKind.checkpoint) {
        await takeCheckpoint(entry, index);
        checkpoints += 1;
      }
    },
  };
}
