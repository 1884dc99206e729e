/** Verifies a ledger as a server serves it: the roll, each shard up to every checkpoint in it, and whatever was kept from before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Checkpoint, parseCheckpoint } from '../checkpoint.js';
import { rollShard } from '../ledger.js';
import { parseNote } from '../note.js';
import type { TreeHead } from '../proof.js';
import { fullWidth } from '../tile.js';
import type { TrustedWitnesses } from '../verify-receipt.js';
import { collectFindings, ledgerWrong, logName } from './finding.js';
import { openKeyChain } from './key-chain.js';
import type { LedgerReport } from './ledger-report.js';
import { openRollEntries } from './roll-entries.js';
import { openServerLog, type ServerLog } from './server-log.js';
import { archived, type TileServer } from './tile-server.js';
import { walkRoll } from './walk-roll.js';
import { areCosigned, checkWitnesses } from './witness-check.js';

export interface ServerOptions {
  readonly server: TileServer;
  /** The roll's verifier keys as known from elsewhere; one at least. */
  readonly keys: readonly string[];
  readonly kept: readonly TreeHead[];
  /** Whose cosignatures the roll's checkpoint must have; they are waited for, as they come after it. */
  readonly trusted: TrustedWitnesses;
  /** Whether to read entries, which takes an auditor. Without them a shard is held against its own checkpoint alone. */
  readonly hasEntries: boolean;
  readonly progress: (done: number, total: number) => void;
  readonly ended: AbortSignal;
}

export interface ServerReport extends LedgerReport {
  readonly hasEntries: boolean;
}

/** How often the server is asked for a checkpoint with its cosignatures, and milliseconds between. */
const mostTries = 20;
const pause = 250;

/** @throws {SyntaxError} when a key is none, or what the server has for a checkpoint */
export async function verifyServer(options: ServerOptions): Promise<ServerReport> {
  const { server, keys, kept, hasEntries, ended } = options;
  const note = await cosignedCheckpoint(server, options.trusted);
  if (note === null) throw new SyntaxError('the server has no checkpoint of the roll');
  const head = parseCheckpoint(parseNote(note).text);
  const deployment = head.origin.replace(/\/ledger$/, '');
  const findings = collectFindings();
  // The first keys stand in the roll's first entry: where that is not to be read, those that were given are all there is.
  const first = { level: 0, index: 0, width: Math.min(head.size, fullWidth) };
  const tellsKeys = hasEntries && head.size > 0 && (await server.bundle(rollShard, first)) !== archived;
  const chain = openKeyChain(deployment, keys, tellsKeys ? undefined : { keys, isAnchored: true });
  let done = 0;
  let total = head.size;
  const open = (shard: number, size: number): ServerLog => {
    if (shard !== rollShard) total += size;
    const progress = (count: number) => {
      done += count;
      options.progress(done, total);
    };
    return openServerLog({ server, shard, size, hasEntries, findings, progress });
  };
  const shards = new Map<number, ServerLog>();
  async function shardOf(shard: number): Promise<ServerLog> {
    const known = shards.get(shard) ?? open(shard, headIn(await server.checkpoint(shard))?.size ?? 0);
    shards.set(shard, known);
    return known;
  }

  const roll = open(rollShard, head.size);
  const entries = openRollEntries({ chain, findings, shardOf, last: {}, set: [], isFromFirst: tellsKeys });
  const { signedRoot } = await walkRoll({
    roll,
    claimed: head.size,
    end: head.size,
    kept,
    findings,
    take: entries.take,
    pause: () => {},
    ended,
  });
  const signed = chain.checkpoint(note, rollShard);
  if (typeof signed === 'string') findings.add(signed, logName(rollShard));
  else if (signedRoot !== null && signedRoot !== head.root)
    findings.add(ledgerWrong.root, logName(rollShard), { detail: `${head.size}` });
  const checkpoints = hasEntries ? entries.checkpoints : await checkShards();
  for (const log of [roll, ...shards.values()]) await log.checkEdge();
  checkWitnesses(note, options.trusted, findings);
  if (!chain.isAnchored && !ended.aborted) findings.add(ledgerWrong.key, logName(rollShard));

  /** Without entries nobody tells how many there are: from the first on, as far as the server has them. */
  async function checkShards(): Promise<number> {
    for (let shard = 0; !ended.aborted; shard++) {
      const own = await server.checkpoint(shard);
      if (own === null) break;
      const tree = chain.checkpoint(own, shard);
      if (typeof tree === 'string') {
        findings.add(tree, logName(shard));
        continue;
      }
      const log = open(shard, tree.size);
      shards.set(shard, log);
      await log.advance(tree.size, true);
      if (log.isWhole && log.root() !== tree.root)
        findings.add(ledgerWrong.root, logName(shard), { detail: `${tree.size}` });
    }
    return shards.size;
  }

  return {
    deployment,
    entries: [...shards.values()].reduce((sum, { size }) => sum + size, 0),
    rollEntries: roll.size,
    shards: shards.size,
    checkpoints,
    roll: typeof signed === 'string' ? null : { size: head.size, root: head.root, note },
    dropped: [roll, ...shards.values()].reduce((sum, log) => sum + log.dropped, 0),
    hasEntries,
    keys: chain.keys,
    isAnchored: chain.isAnchored,
    findings: findings.list,
    found: findings.count,
    isComplete: !ended.aborted,
  };
}

/** A new one is signed every second, and cosigned soon after. */
async function cosignedCheckpoint(server: TileServer, trusted: TrustedWitnesses): Promise<string | null> {
  for (let tries = 1; ; tries++) {
    const note = await server.checkpoint(rollShard);
    if (note === null || tries === mostTries || areCosigned(note, trusted)) return note;
    await sleep(pause);
  }
}

function headIn(note: string | null): Checkpoint | null {
  try {
    return note === null ? null : parseCheckpoint(parseNote(note).text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
