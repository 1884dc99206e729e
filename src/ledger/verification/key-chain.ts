/** The keys that sign a ledger as its roll tells of them, from the first to those in force: each change vouched for by a key before it. */
import { type Checkpoint, parseCheckpoint } from '../checkpoint.js';
import { originOf } from '../checkpoint-signer.js';
import { rollShard } from '../ledger.js';
import { parseNote, SignatureError, type Verifier, verifyNote } from '../note.js';
import { formatVerifierKey, noteKey, noteVerifier, parseVerifierKey, signatureType } from '../note-key.js';
import { type LedgerWrong, ledgerWrong } from './finding.js';

export interface KeyChain {
  /** The roll's verifier keys in force; none before the first entry of keys. */
  readonly keys: readonly string[];
  /** Whether a key that was given is in the chain; never without one given. */
  readonly isAnchored: boolean;
  /** Takes an entry of kind `key`. @returns what is wrong with it; then the keys stay as they were */
  change(entry: Readonly<Record<string, unknown>>): LedgerWrong | null;
  /** The checkpoint in a note of a log, its signature verified; or what is wrong with it. */
  checkpoint(note: unknown, shard: number): Checkpoint | LedgerWrong;
}

export interface ChainState {
  readonly keys: readonly string[];
  readonly isAnchored: boolean;
}

/**
 * @param given verifier keys of the roll that are known from elsewhere; with none, the first the roll tells of are believed
 * @throws {SyntaxError} when one is none
 */
export function openKeyChain(deployment: string, given: readonly string[], state?: ChainState): KeyChain {
  const origin = originOf(deployment, rollShard);
  for (const key of given) parseVerifierKey(key, signatureType.note);
  let keys = state?.keys ?? [];
  let isAnchored = state?.isAnchored ?? false;
  let verifiers = new Map<number, readonly Verifier[]>();

  function verifiersOf(shard: number): readonly Verifier[] {
    const known = verifiers.get(shard) ?? keys.map(text => verifierFor(text, originOf(deployment, shard)));
    verifiers.set(shard, known);
    return known;
  }

  return {
    get keys() {
      return keys;
    },
    get isAnchored() {
      return isAnchored;
    },
    change(entry) {
      const { keys: told, note: text } = entry;
      if (!Array.isArray(told) || told.length === 0 || typeof text !== 'string') return ledgerWrong.key;
      try {
        const note = parseNote(text);
        const named = told.map(String);
        if (note.text !== [origin, 'keys', ...named].map(line => `${line}\n`).join('')) return ledgerWrong.key;
        if (verifyNote(note, named.map(noteVerifier)).length < named.length) return ledgerWrong.key;
        // Of the first there is none before it; a given key is then what has to be in the chain.
        if (keys.length > 0) verifyNote(note, keys.map(noteVerifier));
        keys = named;
        isAnchored ||= named.some(key => given.includes(key));
        verifiers = new Map();
        return null;
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof SignatureError) return ledgerWrong.key;
        throw error;
      }
    },
    checkpoint(note, shard) {
      try {
        const parsed = parseNote(String(note));
        verifyNote(parsed, verifiersOf(shard));
        const checkpoint = parseCheckpoint(parsed.text);
        return checkpoint.origin === originOf(deployment, shard) ? checkpoint : ledgerWrong.checkpoint;
      } catch (error) {
        if (error instanceof SyntaxError) return ledgerWrong.checkpoint;
        if (error instanceof SignatureError) return ledgerWrong.signature;
        throw error;
      }
    },
  };
}

/** A key of the roll under a log's own name. */
const verifierFor = (rollKey: string, name: string): Verifier =>
  noteVerifier(formatVerifierKey(noteKey(name, signatureType.note, parseVerifierKey(rollKey, signatureType.note).key)));
