/** What a witness is asked (c2sp.org/tlog-witness, "add-checkpoint"): a checkpoint, and the proof that it extends an earlier one. */
import { readHash, writeHash } from './base64.js';
import { readDecimal } from './decimal.js';
import type { Hash } from './merkle.js';

export interface WitnessRequest {
  /** Size of the tree that the witness cosigned last; 0 when it cosigned none. */
  readonly old: number;
  /** The consistency proof from the old size to the checkpoint's. */
  readonly proof: readonly Hash[];
  /** The signed note. */
  readonly checkpoint: string;
}

/** Media type of the size that a witness answers an outdated old size with. */
export const sizeType = 'text/x.tlog.size';

/** "The client MUST NOT send more than 63 consistency proof lines." */
const mostHashes = 63;
const oldLine = 'old ';

export const formatWitnessRequest = ({ old, proof, checkpoint }: WitnessRequest): string =>
  [`${oldLine}${old}`, ...proof.map(writeHash), '', checkpoint].join('\n');

/**
 * Takes a request apart; the checkpoint is left as it is.
 *
 * @throws {SyntaxError} when it has not the form of one
 */
export function parseWitnessRequest(text: string): WitnessRequest {
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  const old = first.startsWith(oldLine) ? readDecimal(first.slice(oldLine.length)) : null;
  if (old === null) throw new SyntaxError('the first line is not `old` and a size');
  if (lines.length > mostHashes) throw new SyntaxError(`a consistency proof has over ${mostHashes} lines`);
  const proof = lines.map(line => {
    const hash = readHash(line);
    if (hash === null) throw new SyntaxError('a line of the consistency proof is not a hash');
    return hash;
  });
  return { old, proof, checkpoint: text.slice(end + 2) };
}
