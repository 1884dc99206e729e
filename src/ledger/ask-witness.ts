/** Asks one witness to cosign a checkpoint (c2sp.org/tlog-witness, "add-checkpoint"), from wherever the witness says it is. */
import { cosignatureTime } from './cosignature.js';
import { readDecimal } from './decimal.js';
import type { Hash } from './merkle.js';
import { parseNote, parseSignatures, type Signature, SignatureError, type Verifier, verifyNote } from './note.js';
import type { TreeHead } from './proof.js';
import { formatWitnessRequest, sizeType } from './witness-request.js';

export interface Witness {
  /** Its submission prefix. */
  readonly url: string;
  readonly verifier: Verifier;
}

export interface ToCosign {
  /** The signed checkpoint. */
  readonly note: string;
  readonly head: TreeHead;
  /** The proof that the tree extends its own beginning of a size. */
  prove(old: number): Promise<readonly Hash[]>;
}

export const witnessFault = {
  /** It does not answer, or not in time. */
  away: 'away',
  /** It refuses, or answers what no witness should. */
  refused: 'refused',
  /** Its cosignature is not good: not of its key, not of this checkpoint, or not of now. */
  signature: 'signature',
  /** It has cosigned a larger tree than was sent. */
  ahead: 'ahead',
  /** It has cosigned what this tree does not extend. */
  forked: 'forked',
} as const;
export type WitnessFault = (typeof witnessFault)[keyof typeof witnessFault];

export type WitnessWord =
  | { readonly cosignature: Signature }
  | { readonly fault: WitnessFault; readonly why: string /** The size it has cosigned. */; readonly size?: number };

/** The longest answer is a hundred signature lines. */
const mostBytes = 512 * 1024;
/** The size it has cosigned may move while it is asked, by another replica's request. */
const mostTries = 3;
/** How far a witness's clock may be from ours, either way, seconds. */
const skew = 60;

/**
 * @param old size that it cosigned last, as far as is known; 0 where nothing is
 * @param now seconds since 1970 in UTC
 * @param signal ends the asking
 */
export async function askWitness(
  witness: Witness,
  { note, head, prove }: ToCosign,
  old: number,
  now: number,
  signal: AbortSignal,
): Promise<WitnessWord> {
  let from = old <= head.size ? old : 0;
  for (let tries = 0; tries < mostTries; tries++) {
    const proof = from === 0 || from === head.size ? [] : await prove(from);
    const reply = await post(witness, formatWitnessRequest({ old: from, proof, checkpoint: note }), signal);
    if (typeof reply === 'string') return { fault: witnessFault.away, why: reply };
    if (reply.status === 200) return cosignatureIn(reply.text, witness, note, now);
    if (reply.status === 422) return { fault: witnessFault.forked, why: `it has cosigned another tree (${from})` };
    const size = sizeIn(reply);
    if (size === null) return { fault: witnessFault.refused, why: `status ${reply.status}` };
    if (size > head.size) return { fault: witnessFault.ahead, why: `it has cosigned ${size} entries`, size };
    // What differs at the size it was asked from is the root.
    if (size === from) return { fault: witnessFault.forked, why: `it has cosigned another tree of ${size} entries` };
    from = size;
  }
  return { fault: witnessFault.refused, why: 'the size it has cosigned moves each time' };
}

interface WitnessReply {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** "The response body MUST consist of the tree size of the latest cosigned checkpoint in decimal, followed by a newline." */
const sizeIn = ({ status, type, text }: WitnessReply): number | null =>
  status === 409 && type === sizeType && text.endsWith('\n') ? readDecimal(text.slice(0, -1)) : null;

/** @returns why there is none, when there is no answer */
async function post({ url }: Witness, body: string, signal: AbortSignal): Promise<WitnessReply | string> {
  try {
    const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body, signal, redirect: 'error' });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > mostBytes) return 'its answer is too long';
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    return { status: response.status, type: response.headers.get('content-type'), text };
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? cause.message : message;
  }
}

/** "The client MUST ignore any cosignatures from unknown keys." Ours must be good, and made now. */
function cosignatureIn(text: string, { verifier }: Witness, note: string, now: number): WitnessWord {
  try {
    const signatures = parseSignatures(text);
    const [cosignature] = verifyNote({ text: parseNote(note).text, signatures }, [verifier]);
    const time = cosignature === undefined ? null : cosignatureTime(cosignature);
    if (cosignature !== undefined && time !== null && Math.abs(time - now) <= skew) return { cosignature };
    return { fault: witnessFault.signature, why: 'its cosignature is of another time' };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof SignatureError)) throw error;
    return { fault: witnessFault.signature, why: error.message };
  }
}
