/** Turns a draft into the text the ledger keeps and the side rows that go with it. */
import { hash, randomBytes } from 'node:crypto';
import { canonicalText, canonicalUnion } from './canonical.js';
import type { Draft, Subject } from './ledger.js';
import { hashLength } from './merkle.js';
import type { PeriodKey } from './tag.js';

/** Bytes of the salt of an entry's digests. It is kept beside the entry and never leaves the store. */
export const saltLength = 16;

/** A subject as the index knows it: the tag in hex. */
export interface TaggedSubject {
  readonly tag: string;
  readonly role: Subject['role'];
}

export interface EncodedEntry {
  /** Canonical JSON. */
  readonly text: string;
  /** Each tag once in a role, in the order of tag and role. */
  readonly subjects: readonly TaggedSubject[];
  /** The text to stand beside it, and the salt of its digest. */
  readonly beside?: { readonly salt: Buffer; readonly text: string };
}

/** A draft as the ledger takes it; its own ones may be about subjects of whom only the tags are known. */
export interface TaggedDraft extends Draft {
  readonly tagged?: readonly TaggedSubject[];
}

const identifier = /^[\w-]{22}$/;
const escapedNull = /(?<!\\)(?:\\\\)*\\u0000/;

/**
 * @param time the entry's, RFC 3339 in UTC with milliseconds
 * @param key of the period that the time falls in
 * @throws {TypeError} when the draft holds what PostgreSQL's JSON cannot: one entry must not fail the batch it is in
 */
export function encodeEntry(draft: TaggedDraft, time: string, key: PeriodKey, salt: Buffer): EncodedEntry {
  if (!identifier.test(draft.entry.id)) throw new TypeError("an entry's id is 128 bits as base64url");
  const subjects = draft.tagged ?? tagSubjects(draft.subjects ?? [], key);
  const beside = draft.text === undefined ? undefined : { salt: randomBytes(saltLength), text: draft.text };
  const text = canonicalUnion(draft.entry, {
    digests: draft.digests && digestsOf(draft.digests, salt, key),
    subjects: subjects.length > 0 ? { count: subjects.length, digest: subjectsDigest(salt, subjects) } : undefined,
    text: beside && textDigest(beside.salt, beside.text),
    time,
    v: 1,
  });
  if (text.includes('\\u0000') && escapedNull.test(text)) throw new TypeError('an entry holds a null character');
  return beside === undefined ? { text, subjects } : { text, subjects, beside };
}

/**
 * The digest that an entry holds of the text beside it: SHA-256(salt ‖ text). The salt is the text's own and goes with it, so
 * that no guess at an erased text can be confirmed.
 *
 * @returns base64url
 * @throws {TypeError} for what PostgreSQL's JSON cannot hold
 */
export function textDigest(salt: Buffer, text: string): string {
  // Throws for a lone surrogate.
  canonicalText(text);
  if (text.includes('\0')) throw new TypeError('a text holds a null character');
  return hash('sha256', Buffer.concat([salt, Buffer.from(text)]), 'base64url');
}

function digestsOf(
  payloads: Readonly<Record<string, string | Buffer>>,
  salt: Buffer,
  key: PeriodKey,
): Record<string, string> {
  const digests: Record<string, string> = {};
  for (const name of Object.keys(payloads)) {
    const payload = payloads[name];
    if (payload !== undefined) digests[name] = key.digest(name, salt, payload);
  }
  return digests;
}

function tagSubjects(subjects: readonly Subject[], key: PeriodKey): readonly TaggedSubject[] {
  const tagged = subjects.map(subject => ({ tag: key.tag(subject.kind, subject.identifier), role: subject.role }));
  if (tagged.length < 2) return tagged;
  tagged.sort(compareSubjects);
  return tagged.filter((subject, at) => {
    const before = tagged[at - 1];
    return before === undefined || compareSubjects(before, subject) !== 0;
  });
}

function compareSubjects(one: TaggedSubject, other: TaggedSubject): number {
  if (one.tag !== other.tag) return one.tag < other.tag ? -1 : 1;
  if (one.role !== other.role) return one.role < other.role ? -1 : 1;
  return 0;
}

const roleByte = { asked: 0, related: 1 } as const;
/** A salt, then as many tags as all but the largest bulk replies have. */
const scratch = Buffer.alloc(saltLength + 64 * (hashLength + 1));

/**
 * The digest that an entry holds over its side rows: SHA-256(salt ‖ tag ‖ role …), the role as a byte, 0 asked, 1 related.
 *
 * @param subjects in the order of tag and role
 * @returns base64url
 */
export function subjectsDigest(salt: Buffer, subjects: readonly TaggedSubject[]): string {
  const length = saltLength + subjects.length * (hashLength + 1);
  const rows = length <= scratch.length ? scratch : Buffer.alloc(length);
  let end = salt.copy(rows);
  for (const { tag, role } of subjects) {
    end += rows.write(tag, end, 'hex');
    rows[end++] = roleByte[role];
  }
  return hash('sha256', rows.subarray(0, length), 'base64url');
}
