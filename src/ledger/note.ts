/** Signed notes (c2sp.org/signed-note): a text and signatures of named keys, the one form of everything the ledger signs. */
import { readBase64 } from './base64.js';

/** Of one key over the text of a note. */
export interface Signature {
  /** Of the key; so is the id, in hex. Only the two together tell which key it is. */
  readonly name: string;
  readonly id: string;
  /** What follows the key's id: for Ed25519, the 64 bytes of RFC 8032. */
  readonly bytes: Buffer;
}

export interface Note {
  /** Ends in a newline; what is signed. */
  readonly text: string;
  readonly signatures: readonly Signature[];
}

/** What signs, as one key of one signature type. */
export interface Signer {
  readonly name: string;
  readonly id: string;
  sign(text: string): Buffer;
}

/** What verifies signatures of one known key. */
export interface Verifier {
  readonly name: string;
  readonly id: string;
  verify(text: string, signature: Buffer): boolean;
}

/** The note must not be believed. */
export class SignatureError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SignatureError';
  }
}

/** Verifiers must accept at least 16 ("Format"); golang.org/x/mod/sumdb/note refuses more than 100. */
const mostSignatures = 100;
/** Of a whole note: a checkpoint with 100 signatures of the longest type is about half of that. */
const mostBytes = 1_000_000;

/** "MUST NOT contain any ASCII control characters (those below U+0020) other than newline" ("Format"). */
const textForm = /^[\n -\u{d7ff}\u{e000}-\u{10ffff}]*\n$/u;
const nameForm = /^(?:(?![\p{White_Space}+])[!-\u{d7ff}\u{e000}-\u{10ffff}])+$/u;
const idForm = /^[0-9a-f]{8}$/;
const idLength = 4;
const linePrefix = '\u2014 ';

/** "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus (U+002B) characters" ("Format"). */
export const isKeyName = (name: string): boolean => nameForm.test(name);

export const signText = (text: string, signer: Signer): Signature => ({
  name: signer.name,
  id: signer.id,
  bytes: signer.sign(text),
});

/**
 * @returns the note as it is stored and served
 * @throws {TypeError} when that would not be a note, or two of its signatures are of one key
 */
export function formatNote({ text, signatures }: Note): string {
  const keys = new Set(signatures.map(keyOf));
  if (keys.size === 0 || keys.size > mostSignatures)
    throw new TypeError(`a note has 1 to ${mostSignatures} signatures`);
  if (keys.size < signatures.length) throw new TypeError('a note has two signatures of one key');
  if (!textForm.test(text)) throw new TypeError('the text of a note ends in a newline and has no control characters');
  const message = `${text}\n${signatures.map(formatSignature).join('')}`;
  if (Buffer.byteLength(message) > mostBytes) throw new TypeError(`a note is over ${mostBytes} bytes`);
  return message;
}

/**
 * One line: `— <key name> base64(32-bit key ID || signature)` ("Signatures").
 *
 * @throws {TypeError} for what no key can have made
 */
export function formatSignature({ name, id, bytes }: Signature): string {
  if (!isKeyName(name) || !idForm.test(id) || bytes.length === 0) throw new TypeError('not a signature of a note');
  return `${linePrefix}${name} ${Buffer.concat([Buffer.from(id, 'hex'), bytes]).toString('base64')}\n`;
}

/**
 * Takes a note apart. Nothing of it may be believed before {@link verifyNote} has returned.
 *
 * @throws {SyntaxError} when it is no signed note ("Format")
 */
export function parseNote(message: string | Buffer): Note {
  if (Buffer.byteLength(message) > mostBytes) throw new SyntaxError(`a note is over ${mostBytes} bytes`);
  const whole = typeof message === 'string' ? message : decode(message);
  // "The text is separated from the signatures by the last empty line in the note."
  const end = whole.lastIndexOf('\n\n') + 1;
  if (end === 0 || !textForm.test(whole)) throw new SyntaxError('not a signed note');
  return { text: whole.slice(0, end), signatures: parseSignatures(whole.slice(end + 1)) };
}

/**
 * Reads signature lines, those of a note or those a witness answers with.
 *
 * @throws {SyntaxError} when there is none, or anything else
 */
export function parseSignatures(text: string): readonly Signature[] {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0) throw new SyntaxError('a note ends in a signature line');
  if (lines.length > mostSignatures) throw new SyntaxError(`a note has over ${mostSignatures} signatures`);
  return lines.map(parseSignature);
}

function parseSignature(line: string): Signature {
  const [name = '', base64 = '', ...rest] = line.slice(linePrefix.length).split(' ');
  const bytes = readBase64(base64);
  if (
    !line.startsWith(linePrefix) ||
    rest.length > 0 ||
    !isKeyName(name) ||
    bytes === null ||
    bytes.length <= idLength
  ) {
    throw new SyntaxError('not a signature line of a note');
  }
  return { name, id: bytes.toString('hex', 0, idLength), bytes: bytes.subarray(idLength) };
}

/**
 * "Verifiers MUST ignore signatures from unknown keys, even if they share a name or ID (but not both) with a known key"
 * ("Signatures"). One signature of a known key that is not good condemns the whole note.
 *
 * @returns the signatures of known keys, all good, at least one, each key once
 * @throws {SignatureError} when there is none, one is bad, or a known key signed twice
 * @throws {TypeError} when two of the known keys cannot be told apart
 */
export function verifyNote({ text, signatures }: Note, known: readonly Verifier[]): readonly Signature[] {
  const verifiers = new Map(known.map(verifier => [keyOf(verifier), verifier]));
  if (verifiers.size < known.length) throw new TypeError('two known keys have one name and id');
  const verified = new Map<string, Signature>();
  for (const signature of signatures) {
    const key = keyOf(signature);
    const verifier = verifiers.get(key);
    if (verifier === undefined) continue;
    if (verified.has(key)) throw new SignatureError(`the key ${key} signed twice`);
    if (!verifier.verify(text, signature.bytes))
      throw new SignatureError(`the signature of the key ${key} is not good`);
    verified.set(key, signature);
  }
  if (verified.size === 0) throw new SignatureError('no known key signed the note');
  return [...verified.values()];
}

/** As a verifier key begins; no name has a plus. */
const keyOf = ({ name, id }: Pick<Signature, 'name' | 'id'>): string => `${name}+${id}`;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(message: Buffer): string {
  try {
    return utf8.decode(message);
  } catch (cause) {
    throw new SyntaxError('a note is UTF-8', { cause });
  }
}
