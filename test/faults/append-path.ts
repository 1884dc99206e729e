/** The append path from its first statement to its last: what a writer may ask of the store, one after another, and what must hold after. */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { type Draft, type Ledger, LedgerError, positionText, type Query } from '../../src/ledger/ledger.js';
import { draftOf } from '../ledger/open-store.js';
import { verifyLedger } from '../ledger/verify-ledger.js';

/** Made beside the ledger's own tables: what a change changes. */
export const changedTable = 'CREATE TABLE changed (entry text); GRANT INSERT ON changed TO stile_gateway';

/** Between two tries of what was rejected, milliseconds. */
const retryPause = 50;

/**
 * Single appends, a batch, a change, an intent that is closed and one that is left open. What is rejected is tried again as
 * another entry, as its callers would.
 *
 * @param tell is told `shard/index id` of each entry once the ledger has said so
 */
export async function walkAppendPath(ledger: Ledger, tell: (line: string) => void): Promise<void> {
  async function append(make: () => Draft): Promise<string> {
    let id = '';
    await untilDone(async () => {
      const draft = make();
      id = draft.entry.id;
      tell(`${positionText(await ledger.append(draft))} ${id}`);
    });
    return id;
  }
  await append(draftOf);
  await Promise.all([append(draftOf), append(draftOf), append(draftOf)]);
  const intent = await append(intentOf);
  await untilDone(async () => {
    const change = draftOf({}, { kind: 'agreement', action: 'suspend', outcome: undefined });
    const { id } = change.entry;
    const make = (query: Query) => query('INSERT INTO changed VALUES ($1)', [id]);
    const { position } = await ledger.appendWithChange(change, make, [draftOf()]);
    tell(`${positionText(position)} ${id}`);
  });
  const record = draftOf({ closesIntent: intent }, { intent });
  await ledger.append(record).then(
    position => tell(`${positionText(position)} ${record.entry.id}`),
    // Then the writer closes it by itself.
    requireLedgerError,
  );
  await append(intentOf);
}

async function untilDone(act: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      requireLedgerError(error);
      await pause(retryPause);
    }
  }
}

function requireLedgerError(error: unknown): void {
  if (!(error instanceof LedgerError)) throw error;
}

const intentOf = (): Draft => draftOf({ opensIntent: true }, { kind: 'intent', outcome: undefined });

type Test = Parameters<typeof verifyLedger>[0];

/** Asserts that all that was told is stored, once, that changes and their entries are there together, and that every intent was closed once. */
export async function verifyWalked(t: Test, pool: pg.Pool, told: readonly string[]): Promise<void> {
  const ids = await verifyLedger(t, pool);
  const lost = told.map(line => line.split(' ')).filter(([position = '', id]) => ids.get(position) !== id);
  t.same(lost, [], `each of ${told.length} entries that were told is where it was told to be`);
  const { rows: apart } = await pool.query(
    `SELECT * FROM changed FULL JOIN (SELECT id FROM ledger_entries WHERE kind = 'agreement') AS entries ON id = entry
      WHERE id IS NULL OR entry IS NULL`,
  );
  t.same(apart, [], 'no change without its entry, and no entry without its change');
  const { rows: versions } = await pool.query(
    'SELECT DISTINCT agreements::int = (SELECT count(*)::int FROM changed) AS is_right FROM ledger_heads',
  );
  t.same(versions, [{ is_right: true }], 'each change has moved the version once');
  const { rows: intents } = await pool.query(
    `SELECT intent.id, count(record.id)::int AS records FROM ledger_entries AS intent
      LEFT JOIN ledger_entries AS record ON record.kind = 'exchange'
        AND convert_from(record.entry, 'UTF8')::jsonb ->> 'intent' = intent.id
      WHERE intent.kind = 'intent' GROUP BY intent.id HAVING count(record.id) <> 1`,
  );
  t.same(intents, [], 'every intent has one record');
}
