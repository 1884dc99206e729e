/** Entries of the roll that tell which keys sign it: each signed by all of them, so that a new key is vouched for by the old. */
import type { KeyObject } from 'node:crypto';
import { randomId } from '../random.js';
import { type EntryBody, rollKind } from './ledger.js';
import { formatNote, parseNote, signText } from './note.js';
import { formatVerifierKey, noteKey, noteSigner, signatureType } from './note-key.js';

/** How others are told the keys of a log. */
export const verifierKeysOf = (origin: string, keys: readonly KeyObject[]): readonly string[] =>
  keys.map(key => formatVerifierKey(noteKey(origin, signatureType.note, key)));

/** What the keys of a log say of themselves: a signed note of its origin and their verifier keys. */
export function keysEntry(origin: string, keys: readonly KeyObject[]): EntryBody {
  const verifierKeys = verifierKeysOf(origin, keys);
  const text = [origin, 'keys', ...verifierKeys].map(line => `${line}\n`).join('');
  const note = formatNote({ text, signatures: keys.map(key => signText(text, noteSigner(origin, key))) });
  return { kind: rollKind.key, id: randomId(), keys: verifierKeys, note };
}

/** Whether just these keys signed a note of that origin: then the roll has told of them. */
export function areSigners(origin: string, keys: readonly KeyObject[], note: string): boolean {
  const signed = parseNote(note).signatures.filter(({ name }) => name === origin);
  const ids = keys.map(key => noteKey(origin, signatureType.note, key).id);
  return signed.length === ids.length && signed.every(({ id }) => ids.includes(id));
}
