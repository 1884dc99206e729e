/** Notes with the cosignatures of witnesses: what is added to one, and what of it counts. */
import { cosignatureTime } from './cosignature.js';
import { formatNote, parseNote, type Signature, SignatureError, type Verifier, verifyNote } from './note.js';

export interface Cosigned {
  /** Name of the witness's key. */
  readonly name: string;
  /** Seconds since 1970 in UTC. */
  readonly time: number;
}

/** A note with one more cosignature, in place of the same key's earlier one. */
export function withCosignature(note: string, cosignature: Signature): string {
  const { text, signatures } = parseNote(note);
  const others = signatures.filter(({ name, id }) => name !== cosignature.name || id !== cosignature.id);
  return formatNote({ text, signatures: [...others, cosignature] });
}

/** Which of the witnesses cosigned a note, each once though it is named twice; a bad cosignature is none. */
export function cosignedBy(note: string, witnesses: readonly Verifier[]): readonly Cosigned[] {
  const parsed = parseNote(note);
  const each = new Map(witnesses.map(witness => [`${witness.name}+${witness.id}`, witness]));
  return [...each.values()].flatMap(witness => {
    try {
      return verifyNote(parsed, [witness]).flatMap(signature => {
        const time = cosignatureTime(signature);
        return time === null ? [] : [{ name: signature.name, time }];
      });
    } catch (error) {
      if (error instanceof SignatureError) return [];
      throw error;
    }
  });
}
