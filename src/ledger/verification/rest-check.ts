/** What is left to verify once the roll was gone through: tails that are not signed yet, heads, months, intents, last checkpoints. */
import { rollShard } from '../ledger.js';
import { readRange, rootOf } from '../merkle.js';
import type { TreeHead } from '../proof.js';
import { fullWidth } from '../tile.js';
import { type Findings, ledgerWrong, logName, positionName } from './finding.js';
import type { KeyChain } from './key-chain.js';
import type { LogCheck } from './log-check.js';
import type { Last } from './roll-entries.js';
import type { Snapshot } from './snapshot.js';
import { readMonths, readOpenIntents, type StoredHead, type StoredState } from './stored-state.js';
import type { Walked } from './walk-roll.js';

export interface RestOptions {
  readonly snapshot: Snapshot;
  readonly state: StoredState;
  readonly findings: Findings;
  readonly chain: KeyChain;
  readonly roll: LogCheck;
  readonly shards: ReadonlyMap<number, LogCheck>;
  readonly last: ReadonlyMap<number, Last>;
  /** The shards the roll told of; of a retired one its last size. */
  readonly set: ReadonlyMap<number, number | null>;
  readonly walked: Walked;
  /** How old an entry may be that is not signed, milliseconds. */
  readonly patience: number;
}

/** @returns how many entries of shards no checkpoint covers, and the roll's last checkpoint if it verifies */
export async function checkRest(
  options: RestOptions,
): Promise<{ readonly unsigned: number; readonly signed: TreeHead | null }> {
  const { state, roll, shards, last, findings } = options;
  const signed = checkSignedRoll(options);
  await checkEnd(options, rollShard, roll, signed?.size ?? 0);
  // One commit may be about to be signed; a second is only made once the first was.
  if (options.walked.unsignedTimes.size > 1)
    findings.add(ledgerWrong.unsigned, positionName(rollShard, signed?.size ?? 0));
  let unsigned = 0;
  for (const [shard, log] of shards) {
    const covered = last.get(shard)?.size ?? 0;
    await checkEnd(options, shard, log, covered);
    unsigned += Math.max(log.size - covered, 0);
    const end = options.set.get(shard);
    if (typeof end === 'number' && log.size > end) findings.add(ledgerWrong.shard, positionName(shard, end));
    checkLast(shard, state, last.get(shard), findings);
  }
  const versions = new Set([...state.heads.values()].map(({ agreements }) => agreements));
  if (versions.size > 1) findings.add(ledgerWrong.head, logName(rollShard), { detail: 'agreements' });
  return { unsigned, signed };
}

function checkSignedRoll({ state, chain, walked: { signedRoot }, findings }: RestOptions): TreeHead | null {
  const at = logName(rollShard);
  const row = state.checkpoints.get(rollShard);
  if (row === undefined) {
    findings.add(ledgerWrong.unsigned, at);
    return null;
  }
  const checkpoint = chain.checkpoint(row.note, rollShard);
  if (typeof checkpoint === 'string') {
    findings.add(checkpoint, at);
    return null;
  }
  const { size, root } = checkpoint;
  if (size !== row.size || root !== row.root) findings.add(ledgerWrong.checkpoint, at);
  if (signedRoot !== null && signedRoot !== root) findings.add(ledgerWrong.root, at, { detail: `${size}` });
  return { size, root };
}

/** The row that tells a shard's last checkpoint holds the very last that is in the roll. */
function checkLast(shard: number, state: StoredState, last: Last | undefined, findings: Findings): void {
  const row = state.checkpoints.get(shard);
  const isSame =
    row?.note === last?.note && row?.size === last?.size && row?.root === last?.root && row?.rollIndex === last?.index;
  if (!isSame)
    findings.add(ledgerWrong.checkpoint, logName(shard), { detail: `${row?.size ?? '-'} ${last?.size ?? '-'}` });
}

async function checkEnd(options: RestOptions, shard: number, log: LogCheck, covered: number): Promise<void> {
  const { snapshot, state, findings } = options;
  const head = state.heads.get(shard);
  let since: number | undefined;
  const isThere = await log.advance(head?.size ?? log.size, false, (_, index, time) => {
    if (index >= covered) since ??= time;
  });
  if (!isThere) findings.add(ledgerWrong.missing, positionName(shard, log.size));
  const next = await log.next();
  if (next !== undefined) {
    const wrong = next < log.size ? ledgerWrong.twice : ledgerWrong.beyond;
    findings.add(wrong, positionName(shard, next));
  }
  if (log.size > covered && snapshot.time - (since ?? log.time ?? 0) > options.patience)
    findings.add(ledgerWrong.unsigned, positionName(shard, covered));
  if (head === undefined || !isHeadOf(log, head)) findings.add(ledgerWrong.head, logName(shard));
  await checkTables(snapshot, shard, log, droppedEndOf(state, shard), findings);
}

function isHeadOf(log: LogCheck, head: StoredHead): boolean {
  if (head.size !== log.size || head.time !== (log.time ?? head.time)) return false;
  if (!log.isWhole) return true;
  try {
    return head.root === log.root() && rootOf(readRange(head.size, Buffer.from(head.range, 'hex'))) === head.root;
  } catch {
    return false;
  }
}

/** The index after the last that was dropped: what was opened before may have been closed there. */
const droppedEndOf = ({ dropped }: StoredState, shard: number): number =>
  Math.max(0, ...dropped.filter(range => range.shard === shard).map(({ end }) => end));

async function checkTables(
  { query }: Snapshot,
  shard: number,
  log: LogCheck,
  droppedEnd: number,
  findings: Findings,
): Promise<void> {
  const { months, intents } = log.state();
  const stored = await readMonths(query, shard);
  const wrong = Math.max(months.length, stored.length);
  for (let at = 0; at < wrong; at++) {
    const [begins, first] = months[at] ?? [];
    if (stored[at]?.[0] === begins && stored[at]?.[1] === first) continue;
    findings.add(ledgerWrong.months, positionName(shard, first ?? stored[at]?.[1] ?? 0));
    break;
  }
  const open = await readOpenIntents(query, shard);
  const known = new Map(intents);
  for (const [id, index] of [...open, ...known]) {
    if (index >= droppedEnd && open.get(id) !== known.get(id))
      findings.add(ledgerWrong.intent, positionName(shard, index));
  }
  const text = 'SELECT level, max(index) AS last FROM ledger_tiles WHERE shard = $1 GROUP BY level';
  for (const row of (await query(text, [shard])).rows) {
    const full = Math.floor(log.size / fullWidth ** (Number(row.level) + 1));
    if (Number(row.last) >= full)
      findings.add(ledgerWrong.tile, logName(shard), { detail: `${row.level}/${row.last}` });
  }
}
