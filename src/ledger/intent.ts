/** Closes intents that nobody else will: what became of the department's answer is unknown, and the ledger says so. */
import { randomBytes } from 'node:crypto';
import { type AppendAnswer, appendBatch } from './append.js';
import { type BatchBuilder, batchEntries } from './batch.js';
import type { Connection, Row } from './connection.js';
import type { TaggedDraft, TaggedSubject } from './entry.js';
import type { Hold } from './lease.js';
import { entryKind, outcome } from './ledger.js';

/** What an intent tells of its exchange, and the record of its unknown outcome tells again. */
const copied = [
  'consumer',
  'client',
  'provider',
  'service',
  'purpose',
  'case',
  'operator',
  'agreement',
  'registry',
  'trace',
  'parent',
  'staff',
  'peers',
];

/** The ids of the intents open in a shard. */
export async function readIntents(connection: Connection, shard: number): Promise<string[]> {
  const rows = await connection.run({ text: 'SELECT id FROM ledger_intents WHERE shard = $1', values: [shard] });
  return rows.map(row => row.id as string);
}

/**
 * Appends a record of unknown outcome for each of the intents that is still open.
 *
 * @param now this machine's clock, milliseconds since 1970 in UTC
 * @param life for which the lease is renewed in passing, milliseconds
 * @returns the first fault, with some of them closed perhaps, or the last append's answer
 */
export async function closeIntents(
  connection: Connection,
  hold: Hold,
  intents: readonly string[],
  builder: BatchBuilder,
  now: () => number,
  life: number,
): Promise<AppendAnswer> {
  let answer: AppendAnswer = { fault: null, hold, clock: now() };
  while (answer.fault === null) {
    const drafts = await draftUnknown(connection, hold.shard, intents);
    if (drafts.length === 0) break;
    const sent = now();
    builder.begin(Math.max(sent, answer.hold.time));
    drafts.every(builder.add);
    answer = await appendBatch(connection, answer.hold, builder.finish(), sent, life);
  }
  return answer;
}

async function draftUnknown(connection: Connection, shard: number, intents: readonly string[]): Promise<TaggedDraft[]> {
  const rows = await connection.run({
    text: `SELECT convert_from(found.entry, 'UTF8') AS entry, ARRAY(
        SELECT encode(subject.tag, 'hex') || ' ' || subject.role FROM ledger_subjects AS subject
        WHERE subject.shard = $1 AND subject.index = intent.index AND subject.time = intent.time
        ORDER BY subject.tag, subject.role
      ) AS subjects
      FROM ledger_intents AS intent CROSS JOIN LATERAL (
        SELECT asked.entry FROM ledger_entries AS asked
        WHERE asked.shard = $1 AND asked.index = intent.index AND asked.time = intent.time LIMIT 1
      ) AS found
      WHERE intent.shard = $1 AND intent.id = ANY($2) ORDER BY intent.index LIMIT $3`,
    values: [shard, intents, batchEntries],
  });
  return rows.map(draftOf);
}

function draftOf(row: Row): TaggedDraft {
  const intent = JSON.parse(row.entry as string) as Readonly<Record<string, unknown>>;
  const members = copied.flatMap(name => (name in intent ? [[name, intent[name]]] : []));
  const id = randomBytes(16).toString('base64url');
  return {
    entry: {
      ...Object.fromEntries(members),
      kind: entryKind.exchange,
      id,
      outcome: outcome.unknown,
      intent: intent.id,
    },
    closesIntent: intent.id as string,
    // Under the key of the intent's period, as nobody knows the identifiers any more.
    tagged: (row.subjects as string[]).map(subjectOf),
  };
}

function subjectOf(text: string): TaggedSubject {
  const [tag = '', role] = text.split(' ');
  return { tag, role: role as TaggedSubject['role'] };
}
