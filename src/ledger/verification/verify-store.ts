/** Verifies a whole store in one pass: the roll from its first entry on, and each shard up to every checkpoint the roll holds of it. */
import { parseCheckpoint } from '../checkpoint.js';
import { rollKind, rollShard } from '../ledger.js';
import { parseNote } from '../note.js';
import { readRoot, type TreeHead } from '../proof.js';
import { storedNodes } from '../stored-tiles.js';
import { collectFindings, type Finding, ledgerWrong, logName, positionName } from './finding.js';
import { type ChainState, openKeyChain } from './key-chain.js';
import { type LogCheck, type LogState, openLogCheck } from './log-check.js';
import { checkRest, type Last } from './rest-check.js';
import { openSnapshot, type Snapshot } from './snapshot.js';
import type { Parsed } from './stored-row.js';
import { deploymentIn, readState, type StoredState } from './stored-state.js';

/** What a verification that was broken off goes on from. */
export interface VerificationState {
  readonly version: 1;
  readonly deployment: string;
  readonly given: readonly string[];
  readonly chain: ChainState;
  readonly roll: LogState;
  readonly shards: Readonly<Record<string, LogState>>;
  readonly last: Readonly<Record<string, Last>>;
  readonly findings: readonly Finding[];
}

export interface StoreOptions {
  /** Connection string of the store, its primary. */
  readonly database: string;
  /** The roll's verifier keys as known from elsewhere. */
  readonly keys: readonly string[];
  /** Checkpoints of the roll that were kept from before: signed notes. */
  readonly kept: readonly string[];
  readonly from?: VerificationState;
  /** How old an entry may be that is not signed, milliseconds: a minute unless told. */
  readonly patience?: number;
  readonly progress: (done: number, total: number) => void;
  /** Is given what to go on from, every few seconds and at the end. */
  readonly save: (state: VerificationState) => void;
  /** Ends it early, after a save. */
  readonly ended: AbortSignal;
}

export interface StoreReport {
  readonly deployment: string;
  /** Of all shards, and of the roll. */
  readonly entries: number;
  readonly rollEntries: number;
  readonly shards: number;
  /** Checkpoints of shards. */
  readonly checkpoints: number;
  /** The roll's last signed checkpoint; null where none verifies. */
  readonly roll: TreeHead | null;
  /** Entries of shards that no checkpoint covers yet. */
  readonly unsigned: number;
  /** The roll's keys in force; and whether one that was given vouches for them. */
  readonly keys: readonly string[];
  readonly isAnchored: boolean;
  readonly findings: readonly Finding[];
  readonly found: number;
  /** False when it was ended early. */
  readonly isComplete: boolean;
}

/** Entries of the roll taken at a time. */
const rollStride = 256;
/** Between two saves, milliseconds. */
const pause = 5000;
/** Rows held of all logs together. */
const heldRows = 8000;

/**
 * @throws {NotPrimary}
 * @throws {SyntaxError} when a key or a kept checkpoint is none
 */
export async function verifyStore(options: StoreOptions): Promise<StoreReport> {
  const snapshot = await openSnapshot(options.database);
  try {
    return await verifySnapshot(options, snapshot, await readState(snapshot.query));
  } finally {
    await snapshot.close();
  }
}

async function verifySnapshot(options: StoreOptions, snapshot: Snapshot, state: StoredState): Promise<StoreReport> {
  const { from, patience = 60_000 } = options;
  const findings = collectFindings(from?.findings);
  const signedNote = state.checkpoints.get(rollShard)?.note;
  const deployment = deploymentOf(options.keys) ?? from?.deployment ?? deploymentIn(signedNote) ?? '';
  const chain = openKeyChain(deployment, options.keys, from?.chain);
  const last = new Map<number, Last>(Object.entries(from?.last ?? {}).map(([shard, each]) => [Number(shard), each]));
  const shards = new Map<number, LogCheck>();
  const total = [...state.heads.values()].reduce((sum, { size }) => sum + size, 0);
  let done =
    from === undefined ? 0 : [from.roll, ...Object.values(from.shards)].reduce((sum, log) => sum + log.tree.size, 0);
  let checkpoints = 0;
  const logOptions = {
    snapshot,
    findings,
    batch: Math.min(1000, Math.max(50, Math.floor(heldRows / state.logs.length))),
    progress(count: number) {
      done += count;
      options.progress(done, total);
    },
  };

  async function shardOf(shard: number): Promise<LogCheck> {
    const known = shards.get(shard) ?? (await openLogCheck({ ...logOptions, shard }, from?.shards[shard]));
    shards.set(shard, known);
    return known;
  }

  async function takeRollEntry(entry: Parsed | null, index: number): Promise<void> {
    if (entry?.kind === rollKind.key) {
      const wrong = chain.change(entry);
      if (wrong !== null) findings.add(wrong, positionName(rollShard, index));
    } else if (entry?.kind === rollKind.checkpoint) {
      await takeCheckpoint(entry, index);
      checkpoints += 1;
    }
  }

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

  const roll = await openLogCheck({ ...logOptions, shard: rollShard }, from?.roll);
  const head = state.heads.get(rollShard)?.size ?? 0;
  const claimed = state.checkpoints.get(rollShard)?.size ?? 0;
  const kept = options.kept.map(keptHead);
  const passed = new Set(kept.filter(({ size }) => size <= roll.size));
  let signedRoot: string | null = null;
  const unsignedTimes = new Set<number>();
  let saved = Date.now();

  const save = () => {
    saved = Date.now();
    options.save({
      version: 1,
      deployment,
      given: options.keys,
      chain: { keys: chain.keys, isAnchored: chain.isAnchored },
      roll: roll.state(),
      shards: { ...from?.shards, ...Object.fromEntries([...shards].map(([shard, log]) => [shard, log.state()])) },
      last: Object.fromEntries(last),
      findings: findings.list,
    });
  };

  const end = Math.max(head, claimed);
  for (;;) {
    if (roll.size === claimed && roll.isWhole) signedRoot = roll.root();
    for (const each of kept) {
      if (each.size !== roll.size || passed.has(each)) continue;
      passed.add(each);
      if (!roll.isWhole || roll.root() !== each.root)
        findings.add(ledgerWrong.kept, logName(rollShard), { detail: `${each.size}` });
    }
    if (roll.size >= end || options.ended.aborted) break;
    const stops = [claimed, ...kept.map(({ size }) => size), roll.size + rollStride, end].filter(
      size => size > roll.size,
    );
    const taken: [Parsed | null, number][] = [];
    const to = Math.min(...stops);
    const isThere = await roll.advance(to, to <= claimed, (entry, index, time) => {
      taken.push([entry, index]);
      if (index >= claimed) unsignedTimes.add(time);
    });
    for (const [entry, index] of taken) await takeRollEntry(entry, index);
    if (Date.now() - saved > pause) save();
    if (isThere) continue;
    findings.add(ledgerWrong.missing, positionName(rollShard, roll.size), untilOf(rollShard, roll.size, end));
    break;
  }
  save();
  const isComplete = !options.ended.aborted;
  const rest = isComplete
    ? await checkRest({
        snapshot,
        state,
        findings,
        chain,
        roll,
        shards: await allShards(),
        last,
        signedRoot,
        unsignedTimes,
        patience,
      })
    : { unsigned: 0, signed: null };
  if (isComplete) await checkKept();
  if (isComplete && options.keys.length > 0 && !chain.isAnchored) findings.add(ledgerWrong.key, logName(rollShard));

  async function allShards(): Promise<ReadonlyMap<number, LogCheck>> {
    for (const shard of new Set([...state.logs, ...last.keys()])) if (shard !== rollShard) await shardOf(shard);
    return shards;
  }

  /** Those the roll is too small for, and those it was past when this verification was resumed. */
  async function checkKept(): Promise<void> {
    for (const { size, root } of kept.filter(each => each.size > roll.size))
      findings.add(ledgerWrong.kept, logName(rollShard), { detail: `${roll.size} < ${size} ${root.slice(0, 8)}` });
    for (const { size, root } of kept.filter(each => from !== undefined && each.size < from.roll.tree.size)) {
      const nodes = storedNodes(snapshot.query, rollShard, roll.size);
      if ((await readRoot(size, nodes)) !== root)
        findings.add(ledgerWrong.kept, logName(rollShard), { detail: `${size}` });
    }
  }

  return {
    deployment,
    entries: [...shards.values()].reduce((sum, log) => sum + log.size, 0),
    rollEntries: roll.size,
    shards: shards.size,
    checkpoints,
    roll: rest.signed,
    unsigned: rest.unsigned,
    keys: chain.keys,
    isAnchored: chain.isAnchored,
    findings: findings.list,
    found: findings.count,
    isComplete,
  };
}

const untilOf = (shard: number, first: number, end: number) =>
  end - 1 > first ? { until: positionName(shard, end - 1) } : {};

const keptHead = (note: string): TreeHead => parseCheckpoint(parseNote(note).text);

/** By the name of a key, `<deployment>/ledger+…`. */
const deploymentOf = ([key]: readonly string[]): string | undefined => /^([^+]+)\/ledger\+/.exec(key ?? '')?.[1];
