/** Whether the records of two gateways name each other, so that either proves what the other's ledger holds. */
import { originOf } from './checkpoint-signer.js';
import { rollShard } from './ledger.js';

/** One side's record, once its receipt is verified. */
export interface PeerSide {
  /** Of the roll that holds it, `<deployment>/ledger`. */
  readonly origin: string;
  readonly position: string;
  readonly entry: unknown;
}

/** How far two records are from proving each other. */
export const peerFault = {
  /** Neither names the other. */
  strangers: 'strangers',
  /** The record of the side that asked names the other, which does not name it. */
  asking: 'asking-alone',
  /** The record of the side that answered names the other, which does not name it. */
  answering: 'answering-alone',
} as const;
export type PeerFault = (typeof peerFault)[keyof typeof peerFault];

export interface PeerPair {
  readonly asking: PeerSide;
  readonly answering: PeerSide;
  /** Position of the asking side's intent, which both name. */
  readonly intent: string;
}

/** @param one either side; which of them asked is found out */
export function comparePeers(one: PeerSide, other: PeerSide): PeerPair | { readonly fault: PeerFault } {
  const found = pairOf(one, other);
  if (typeof found === 'object') return found;
  const turned = pairOf(other, one);
  if (typeof turned === 'object') return turned;
  return { fault: found === peerFault.strangers ? turned : found };
}

function pairOf(asking: PeerSide, answering: PeerSide): PeerPair | PeerFault {
  const there = partOf(asking.entry, 'answering');
  const back = partOf(answering.entry, 'asking');
  const id = memberOf(asking.entry, 'id');
  const { intent } = there;
  const names = (part: Part, side: PeerSide): boolean => originOf(String(part.deployment), rollShard) === side.origin;
  const isNamedThere = names(there, answering) && there.record === answering.position;
  // The intent and the record that closes it have one id, of 128 random bits.
  const isNamedBack = names(back, asking) && typeof id === 'string' && back.id === id;
  if (isNamedThere && isNamedBack && typeof intent === 'string' && back.record === intent) {
    return { asking, answering, intent };
  }
  if (isNamedThere) return peerFault.asking;
  return isNamedBack ? peerFault.answering : peerFault.strangers;
}

type Part = Readonly<Record<string, unknown>>;

const partOf = (entry: unknown, side: 'asking' | 'answering'): Part => {
  const part = memberOf(memberOf(entry, 'peers'), side);
  return typeof part === 'object' && part !== null ? (part as Part) : {};
};

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Part)[name] : undefined;
