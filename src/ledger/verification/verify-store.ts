/** Verifies a whole store in one pass: the roll from its first entry on, and each shard up to every checkpoint the roll holds of it. */
import { type Checkpoint, parseCheckpoint } from '../checkpoint.js';
import { rollShard } from '../ledger.js';
import { parseNote } from '../note.js';
import { readRoot, type TreeHead } from '../proof.js';
import { storedNodes } from '../stored-tiles.js';
import type { TrustedWitnesses } from '../verify-receipt.js';
import { checkArchives } from './archive-check.js';
import { checkDropped } from './dropped-range.js';
import { collectFindings, type Finding, type Findings, ledgerWrong, logName } from './finding.js';
import { type ChainState, openKeyChain } from './key-chain.js';
import type { LedgerReport } from './ledger-report.js';
import { type LogCheck, type LogState, openLogCheck } from './log-check.js';
import { checkRest } from './rest-check.js';
import { type Last, openRollEntries } from './roll-entries.js';
import { openSnapshot, type Snapshot } from './snapshot.js';
import { deploymentIn, readState, type StoredState } from './stored-state.js';
import { sizeOf, walkRoll } from './walk-roll.js';
import { checkWitnesses } from './witness-check.js';

/** What a verification that was broken off goes on from. */
export interface VerificationState {
  readonly version: 1;
  readonly deployment: string;
  readonly given: readonly string[];
  readonly chain: ChainState;
  readonly roll: LogState;
  readonly shards: Readonly<Record<string, LogState>>;
  readonly last: Readonly<Record<string, Last>>;
  readonly set: readonly (readonly [number, number | null])[];
  readonly findings: readonly Finding[];
}

export interface StoreOptions {
  /** Connection string of the store, its primary. */
  readonly database: string;
  /** The roll's verifier keys as known from elsewhere. */
  readonly keys: readonly string[];
  /** Checkpoints of the roll that were kept from before: signed notes. */
  readonly kept: readonly string[];
  /** Whose cosignatures the roll must have: on its last checkpoint, or on the last that enough of them cosigned. */
  readonly trusted?: TrustedWitnesses;
  /** Folder of the archives of dropped months; without it their entries are believed by their leaves. */
  readonly archives?: string;
  readonly from?: VerificationState;
  /** How old an entry may be that is not signed, milliseconds: a minute unless told. */
  readonly patience?: number;
  readonly progress: (done: number, total: number) => void;
  /** Is given what to go on from, every few seconds and at the end. */
  readonly save: (state: VerificationState) => void;
  /** Ends it early, after a save. */
  readonly ended: AbortSignal;
}

export interface StoreReport extends LedgerReport {
  /** Entries of shards that no checkpoint covers yet. */
  readonly unsigned: number;
}

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
  const { from, keys, patience = 60_000 } = options;
  const findings = collectFindings(from?.findings);
  const deployment =
    deploymentOf(keys) ?? from?.deployment ?? deploymentIn(state.checkpoints.get(rollShard)?.note) ?? '';
  const chain = openKeyChain(deployment, keys, from?.chain ?? firstKeys(keys, state));
  const open = logOpener(options, snapshot, state, findings);
  const shards = new Map<number, LogCheck>();
  const shardOf = async (shard: number): Promise<LogCheck> => {
    const known = shards.get(shard) ?? (await open(shard, from?.shards[shard]));
    shards.set(shard, known);
    return known;
  };
  const isFromFirst = !isBeginningDropped(state);
  const { last = {}, set = [] } = from ?? {};
  const entries = openRollEntries({ chain, findings, shardOf, last, set, isFromFirst });
  const roll = await open(rollShard, from?.roll);
  const kept = options.kept.map(note => parseCheckpoint(parseNote(note).text));
  const witnessed = witnessedHead(state, findings);
  if (witnessed !== null) kept.push(witnessed);
  const claimed = state.checkpoints.get(rollShard)?.size ?? 0;

  const save = () =>
    options.save({
      version: 1,
      deployment,
      given: keys,
      chain: { keys: chain.keys, isAnchored: chain.isAnchored },
      roll: roll.state(),
      shards: { ...from?.shards, ...Object.fromEntries([...shards].map(([shard, log]) => [shard, log.state()])) },
      last: Object.fromEntries(entries.last),
      set: [...entries.set],
      findings: findings.list,
    });
  let saved = Date.now();
  const walked = await walkRoll({
    roll,
    claimed,
    end: Math.max(state.heads.get(rollShard)?.size ?? 0, claimed),
    kept,
    findings,
    take: entries.take,
    pause() {
      if (Date.now() - saved < pause) return;
      save();
      saved = Date.now();
    },
    ended: options.ended,
  });
  save();

  const isComplete = !options.ended.aborted;
  const note = state.checkpoints.get(rollShard)?.note;
  let rest: Awaited<ReturnType<typeof checkRest>> = { unsigned: 0, signed: null };
  if (isComplete) {
    for (const shard of [...state.logs, ...entries.last.keys(), ...entries.set.keys()])
      if (shard !== rollShard) await shardOf(shard);
    const { last, set } = entries;
    rest = await checkRest({ snapshot, state, findings, chain, roll, shards, last, set, walked, patience });
    await checkPassed(snapshot, roll, from?.roll.tree.size ?? 0, kept, findings);
    const told = [roll, ...shards.values()].flatMap(log => log.state().drops);
    await checkDropped(snapshot.query, state.dropped, told, findings);
    if (options.archives !== undefined)
      await checkArchives(options.archives, [...new Set([...keys, ...chain.keys])], state.dropped, told, findings);
    checkWitnesses(state.witnessed ?? note, options.trusted, findings);
    if (keys.length > 0 && !chain.isAnchored) findings.add(ledgerWrong.key, logName(rollShard));
  }

  return {
    deployment,
    entries: [...shards.values()].reduce((sum, log) => sum + log.size, 0),
    rollEntries: roll.size,
    shards: shards.size,
    checkpoints: entries.checkpoints,
    roll: rest.signed === null || note === undefined ? null : { ...rest.signed, note },
    dropped: state.dropped.reduce((sum, { first, end }) => sum + end - first, 0),
    unsigned: rest.unsigned,
    keys: chain.keys,
    isAnchored: chain.isAnchored,
    findings: findings.list,
    found: findings.count,
    isComplete,
  };
}

/** What witnesses cosigned last: the roll has to extend that as it has what an auditor kept. */
function witnessedHead({ witnessed }: StoredState, findings: Findings): Checkpoint | null {
  if (witnessed === null) return null;
  try {
    return parseCheckpoint(parseNote(witnessed).text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    findings.add(ledgerWrong.checkpoint, logName(rollShard), { detail: 'witnessed' });
    return null;
  }
}

/** Opens the logs of a store, all of which tell one progress. */
function logOpener(options: StoreOptions, snapshot: Snapshot, state: StoredState, findings: Findings) {
  const { from } = options;
  const total = [...state.heads.values()].reduce((sum, { size }) => sum + size, 0);
  let done =
    from === undefined ? 0 : [from.roll, ...Object.values(from.shards)].reduce((sum, { size }) => sum + size, 0);
  return (shard: number, begun: LogState | undefined): Promise<LogCheck> =>
    openLogCheck(
      {
        snapshot,
        shard,
        dropped: state.dropped,
        headSize: state.heads.get(shard)?.size ?? 0,
        findings,
        batch: Math.min(1000, Math.max(50, Math.floor(heldRows / state.logs.length))),
        progress(count) {
          done += count;
          options.progress(done, total);
        },
      },
      begun,
    );
}

/** Checkpoints that a verification that is resumed was past when it began. */
async function checkPassed(
  snapshot: Snapshot,
  roll: LogCheck,
  passed: number,
  kept: readonly TreeHead[],
  findings: Findings,
): Promise<void> {
  for (const each of kept.filter(({ size }) => size <= passed)) {
    const root = await readRoot(each.size, storedNodes(snapshot.query, rollShard, roll.size));
    if (root !== each.root) findings.add(ledgerWrong.kept, logName(rollShard), sizeOf(each));
  }
}

/** Where the roll's own beginning was dropped, and its first keys with it, those that were given are all there is to begin with. */
const firstKeys = (given: readonly string[], state: StoredState): ChainState | undefined =>
  given.length > 0 && isBeginningDropped(state) ? { keys: given, isAnchored: true } : undefined;

const isBeginningDropped = ({ dropped }: StoredState): boolean =>
  dropped.some(({ shard, first }) => shard === rollShard && first === 0);

/** By the name of a key, `<deployment>/ledger+…`. */
const deploymentOf = ([key]: readonly string[]): string | undefined => /^([^+]+)\/ledger\+/.exec(key ?? '')?.[1];
