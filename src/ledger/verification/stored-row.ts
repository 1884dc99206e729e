/** Verifies one stored row against the entry in it: leaf, time, search columns and side rows all follow from the entry. */
import { hash } from 'node:crypto';
import { type Columns, columnsOf } from '../columns.js';
import { subjectsDigest, type TaggedSubject } from '../entry.js';
import type { EntryBody } from '../ledger.js';
import { type Hash, leafPrefix } from '../merkle.js';
import { type Findings, ledgerWrong } from './finding.js';
import type { TextRow } from './snapshot.js';

type Named = keyof Columns;

/** Each search column in the store and by which name `columnsOf` derives it. */
const searchColumns: readonly (readonly [string, Named])[] = [
  ['kind', 'kind'],
  ['outcome', 'outcome'],
  ['code', 'code'],
  ['actor', 'actor'],
  ['consumer', 'consumer'],
  ['provider', 'provider'],
  ['service', 'service'],
  ['purpose', 'purpose'],
  ['id', 'id'],
  ['case_number', 'case'],
  ['operator', 'operator'],
];

/** What is read of `ledger_entries`, in the order that {@link openRowCheck} takes it. */
export const rowColumns = ['index', 'time', 'salt', 'leaf', 'entry', ...searchColumns.map(([name]) => name)].join(', ');
const firstSearchColumn = 5;
/** `\x` before the hex of a bytea. */
const hexStart = 2;

export type Parsed = EntryBody & Readonly<Record<string, unknown>>;

export interface CheckedRow {
  /** Made of the entry, whatever the row says. */
  readonly leaf: Hash;
  /** Of the row, milliseconds since 1970 in UTC. */
  readonly time: number;
  /** Null when the bytes are no JSON object. */
  readonly entry: Parsed | null;
}

/** @param subjects the entry's side rows, with their times */
export type RowCheck = (
  row: TextRow,
  at: string,
  subjects: readonly (TaggedSubject & { readonly time: number })[],
  findings: Findings,
) => CheckedRow;

/** One serves a whole verification, in one piece of memory. */
export function openRowCheck(): RowCheck {
  let bytes = Buffer.alloc(1 + 65_535);
  bytes[0] = leafPrefix;

  return (row, at, subjects, findings) => {
    const hex = (row[4] ?? '').slice(hexStart);
    if (hex.length / 2 + 1 > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(hex.length / 2)]);
    const end = 1 + bytes.write(hex, 1, 'hex');
    const leaf = hash('sha256', bytes.subarray(0, end), 'hex');
    if (row[3]?.slice(hexStart) !== leaf) findings.add(ledgerWrong.entry, at);
    const time = Number(row[1]);
    const entry = parseEntry(bytes.toString('utf8', 1, end));
    if (entry === null) {
      findings.add(ledgerWrong.entry, at, { detail: 'JSON' });
      return { leaf, time, entry };
    }
    if (Date.parse(String(entry.time)) !== time) findings.add(ledgerWrong.time, at);
    const derived = columnsOf(entry);
    for (const [number, [name, member]] of searchColumns.entries()) {
      if ((row[firstSearchColumn + number] ?? undefined) !== derived[member])
        findings.add(ledgerWrong.columns, at, { detail: name });
    }
    checkSubjects(entry, (row[2] ?? '').slice(hexStart), time, subjects, at, findings);
    return { leaf, time, entry };
  };
}

function checkSubjects(
  entry: Parsed,
  salt: string,
  time: number,
  subjects: readonly (TaggedSubject & { readonly time: number })[],
  at: string,
  findings: Findings,
): void {
  const told = entry.subjects as { readonly count?: unknown; readonly digest?: unknown } | undefined;
  if (told === undefined) {
    if (subjects.length > 0) findings.add(ledgerWrong.subjects, at);
    return;
  }
  const sorted = subjects.length < 2 ? subjects : [...subjects].sort(byTagAndRole);
  const isSame =
    told.count === sorted.length &&
    told.digest === subjectsDigest(Buffer.from(salt, 'hex'), sorted) &&
    sorted.every(subject => subject.time === time);
  if (!isSame) findings.add(ledgerWrong.subjects, at);
}

function byTagAndRole(one: TaggedSubject, other: TaggedSubject): number {
  if (one.tag !== other.tag) return one.tag < other.tag ? -1 : 1;
  return one.role < other.role ? -1 : Number(one.role > other.role);
}

/** Null when it is no JSON object. */
export function parseEntry(text: string): Parsed | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Parsed) : null;
  } catch {
    return null;
  }
}
