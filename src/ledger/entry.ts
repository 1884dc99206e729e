/** Turns a draft into the bytes the ledger keeps and the side rows that go with them. */
import { hash, randomFillSync } from 'node:crypto';
import { canonicalText } from './canonical.js';
import { type Draft, LedgerError, ledgerFault, type Subject } from './ledger.js';
import { leafHash } from './merkle.js';
import { digestOf, tagOf } from './tag.js';

/** Most bytes of an entry: tile bundles carry a 16-bit length. */
const entryLimit = 65_535;
/** Bytes of the salt of the digest over an entry's tags. */
export const saltLength = 16;

/** A subject as the index knows it. */
export interface TaggedSubject {
  readonly tag: Buffer;
  readonly role: Subject['role'];
}

/** An entry as it is stored. */
export interface EncodedEntry {
  readonly text: string;
  readonly leaf: Buffer;
  readonly salt: Buffer;
  readonly subjects: readonly TaggedSubject[];
  /** What the entry and its side rows weigh in a batch. */
  readonly bytes: number;
}

const identifier = /^[\w-]{22}$/;
const escapedNull = /(?<!\\)(?:\\\\)*\\u0000/;

/**
 * @param time the entry's, milliseconds since 1970 in UTC
 * @param key of the period that the time falls in
 * @throws {LedgerError} `too-large`
 * @throws {TypeError} when the draft's data is no JSON that PostgreSQL can hold
 */
export function encodeEntry(draft: Draft, time: number, key: Buffer): EncodedEntry {
  if (!identifier.test(draft.entry.id)) throw new TypeError("an entry's id is 128 bits as base64url");
  const salt = newSalt();
  const subjects = tagged(draft.subjects ?? [], key);
  const text = canonicalText({
    ...draft.entry,
    v: 1,
    time: new Date(time).toISOString(),
    digests: draft.digests && digests(draft.digests, key),
    subjects: subjects.length > 0 ? { count: subjects.length, digest: subjectsDigest(salt, subjects) } : undefined,
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > entryLimit) {
    throw new LedgerError(ledgerFault.tooLarge, `an entry of ${bytes} bytes is over ${entryLimit}`);
  }
  // A null is legal JSON that no column of PostgreSQL can hold; one entry must not fail the batch it is in.
  if (text.includes('\\u0000') && escapedNull.test(text)) throw new TypeError('an entry holds a null character');
  return {
    text,
    leaf: leafHash(text),
    salt,
    subjects,
    bytes: bytes + subjects.length * 32 + (draft.seal?.reply.length ?? 0),
  };
}

function newSalt(): Buffer {
  return randomFillSync(Buffer.allocUnsafe(saltLength));
}

function digests(payloads: Readonly<Record<string, string | Buffer>>, key: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(payloads)) {
    const payload = payloads[name];
    if (payload !== undefined) found[name] = digestOf(key, name, payload);
  }
  return found;
}

/** The side rows: each tag once in a role, in the order of tag and role. */
function tagged(subjects: readonly Subject[], key: Buffer): TaggedSubject[] {
  const rows = subjects.map(subject => ({ tag: tagOf(key, subject.kind, subject.identifier), role: subject.role }));
  rows.sort(compareSubjects);
  return rows.filter((row, index) => {
    const before = rows[index - 1];
    return before === undefined || compareSubjects(before, row) !== 0;
  });
}

const compareSubjects = (one: TaggedSubject, other: TaggedSubject): number =>
  Buffer.compare(one.tag, other.tag) || (one.role < other.role ? -1 : one.role > other.role ? 1 : 0);

/**
 * The digest an entry holds over its side rows: SHA-256(salt ‖ tag ‖ role …), base64url, the role as one byte:
 * 0 asked, 1 related.
 *
 * @param subjects in the order of tag and role
 */
export function subjectsDigest(salt: Buffer, subjects: readonly TaggedSubject[]): string {
  const parts = subjects.flatMap(subject => [subject.tag, subject.role === 'asked' ? asked : related]);
  return hash('sha256', Buffer.concat([salt, ...parts]), 'base64url');
}

const asked = Buffer.from([0]);
const related = Buffer.from([1]);
