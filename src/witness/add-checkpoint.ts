/** Judges a checkpoint that a witness is shown (c2sp.org/tlog-witness, "add-checkpoint"), and cosigns it when it extends all it saw. */
import { parseCheckpoint } from '../ledger/checkpoint.js';
import { cosigner } from '../ledger/cosignature.js';
import { emptyRange, rootOf } from '../ledger/merkle.js';
import {
  formatNote,
  formatSignature,
  type Note,
  parseNote,
  SignatureError,
  signText,
  type Verifier,
  verifyNote,
} from '../ledger/note.js';
import { type TreeHead, verifyConsistency } from '../ledger/proof.js';
import { parseWitnessRequest, sizeType, type WitnessRequest } from '../ledger/witness-request.js';
import type { WitnessKey } from './witness-key.js';
import type { WitnessState } from './witness-state.js';

export interface Witness {
  readonly key: WitnessKey;
  /** The keys that are trusted for each log, by origin. */
  readonly logs: ReadonlyMap<string, readonly Verifier[]>;
  readonly state: WitnessState;
  /** This machine's clock, milliseconds since 1970 in UTC. */
  readonly now: () => number;
}

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: string;
  readonly body: string;
  /** The log signed what does not extend what it signed before: its own note, which proves that. */
  readonly evidence?: string;
}

/**
 * Runs from the first check to the cosignature without giving way, so that what was compared is still so when it is kept:
 * "checking the old size against the latest checkpoint and persisting the new checkpoint must be performed atomically".
 */
export function addCheckpoint(body: Buffer, { key, logs, state, now }: Witness): WitnessAnswer {
  const read = readRequest(body);
  if (typeof read === 'string') return answer(400, read);
  const { request, note, origin, head } = read;
  const known = logs.get(origin);
  if (known === undefined) return answer(404, 'the log is not known here');
  const signatures = signaturesOf(note, known);
  if (signatures === null) return answer(403, 'no known key of the log signed the checkpoint');
  if (request.old > head.size) return answer(400, 'the old size is larger than the checkpoint');

  const latest = state.latest(origin) ?? nothing;
  const signed = formatNote({ text: note.text, signatures });
  if (request.old !== latest.size) return sizeAnswer(latest.size);
  if (head.size === latest.size && head.root !== latest.root) return { ...sizeAnswer(latest.size), evidence: signed };
  if (!isExtension(request, latest, head)) {
    return { ...answer(422, 'the consistency proof does not verify'), evidence: signed };
  }
  if (head.size > latest.size || state.latest(origin) === undefined) state.keep(signed);
  const cosignature = signText(note.text, cosigner(key.name, key.privateKey, Math.floor(now() / 1000)));
  return { status: 200, type: plain, body: formatSignature(cosignature) };
}

interface Read {
  readonly request: WitnessRequest;
  readonly note: Note;
  readonly origin: string;
  readonly head: TreeHead;
}

const plain = 'text/plain; charset=utf-8';
const answer = (status: WitnessAnswer['status'], why: string): WitnessAnswer => ({
  status,
  type: plain,
  body: `${why}\n`,
});
const sizeAnswer = (size: number): WitnessAnswer => ({ status: 409, type: sizeType, body: `${size}\n` });

const nothing: TreeHead = { size: 0, root: rootOf(emptyRange) };
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns why it is none, when it is no request */
function readRequest(body: Buffer): Read | string {
  try {
    const request = parseWitnessRequest(utf8.decode(body));
    const note = parseNote(request.checkpoint);
    const { origin, size, root } = parseCheckpoint(note.text);
    return { request, note, origin, head: { size, root } };
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    // What the decoder throws (Encoding Standard, section 7).
    if (error instanceof TypeError) return 'the request is not UTF-8';
    throw error;
  }
}

function signaturesOf(note: Note, known: readonly Verifier[]) {
  try {
    return verifyNote(note, known);
  } catch (error) {
    if (error instanceof SignatureError) return null;
    throw error;
  }
}

/** "The proof MUST be empty if the old size is zero": of nothing, everything is an extension. */
function isExtension({ proof }: WitnessRequest, latest: TreeHead, head: TreeHead): boolean {
  if (latest.size === 0) return proof.length === 0 && (head.size > 0 || head.root === nothing.root);
  return verifyConsistency(proof, latest, head);
}
