/** The agreements' table: the latest version of each, its history, and the one statement that adds versions. */
import type { Pool } from 'pg';
import type { Query } from '../ledger/ledger.js';
import { answerOf } from '../store/away.js';
import type { Agreement } from './agreement.js';
import type { ReadAgreements } from './agreement-index.js';
import type { AgreementAction } from './state.js';

/** A version of an agreement, and how it came to be. */
export interface AgreementVersion {
  readonly agreement: Agreement;
  readonly action: AgreementAction;
  readonly staff: { readonly id: string; readonly role: string };
  /** Undefined where none was given. It stands beside the ledger's entry, and not in this table. */
  readonly why: string | undefined;
  /** Id of the ledger's entry. */
  readonly entry: string;
}

/** A version that is stored, with the time of its change. */
export interface StoredVersion extends Omit<AgreementVersion, 'why'> {
  /** RFC 3339, UTC. */
  readonly changedAt: string;
}

const latest = `document || jsonb_build_object('id', id, 'version', version, 'state', state)`;

/** Both in one statement, so in one snapshot: a change moves the version and the rows in one transaction. */
const readSql = `SELECT (SELECT max(agreements) FROM ledger_heads)::float8 AS version,
  (SELECT coalesce(json_agg(${latest}), '[]') FROM agreements WHERE latest AND agreements_version > $1) AS agreements`;

/**
 * Every agreement's latest version, ended ones included, and the agreements' version.
 *
 * @param since of the agreements: only those that have changed after it
 * @throws {StoreAway}
 */
export async function readAgreements(pool: Pool, since = -1): Promise<ReadAgreements> {
  const { rows } = await answerOf(pool.query<{ version: number | null; agreements: Agreement[] }>(readSql, [since]));
  const [row] = rows;
  if (row === undefined) throw new Error('reading the agreements gave no row');
  return { version: row.version ?? 0, agreements: row.agreements };
}

/**
 * The latest versions of those of the agreements that there are.
 *
 * @throws {StoreAway}
 */
export async function readSome(pool: Pool, ids: readonly string[]): Promise<readonly Agreement[]> {
  const sql = `SELECT ${latest} AS agreement FROM agreements WHERE latest AND id = ANY ($1)`;
  const { rows } = await answerOf(pool.query<{ agreement: Agreement }>(sql, [ids]));
  return rows.map(({ agreement }) => agreement);
}

const historySql = `SELECT ${latest} AS agreement,
    action, staff, role, entry, changed_at
  FROM agreements WHERE id = $1 ORDER BY version DESC`;

interface HistoryRow {
  readonly agreement: Agreement;
  readonly action: AgreementAction;
  readonly staff: string;
  readonly role: string;
  readonly entry: string;
  readonly changed_at: Date;
}

/**
 * Every version of an agreement, newest first; empty when there is no such agreement.
 *
 * @throws {StoreAway}
 */
export async function readHistory(pool: Pool, id: string): Promise<readonly StoredVersion[]> {
  const { rows } = await answerOf(pool.query<HistoryRow>(historySql, [id]));
  return rows.map(row => ({
    agreement: row.agreement,
    action: row.action,
    staff: { id: row.staff, role: row.role },
    entry: row.entry,
    changedAt: row.changed_at.toISOString(),
  }));
}

const addSql = `WITH added AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS row (
      id text, version bigint, state text, provider text, consumer text, service text, document jsonb, action text,
      staff text, role text, entry text)
  ), former AS (
    UPDATE agreements AS held SET latest = false FROM added
    WHERE held.id = added.id AND held.latest AND held.version = added.version - 1
    RETURNING held.id
  )
  INSERT INTO agreements (id, version, state, provider, consumer, service, document, action, staff, role, entry)
  SELECT * FROM added WHERE version = 1 OR EXISTS (SELECT FROM former WHERE former.id = added.id)
  ON CONFLICT DO NOTHING
  RETURNING id`;

/**
 * Adds versions, each after the one it was made from; of any agreement one at the most.
 *
 * @returns false when one of those was not the latest any more: then the transaction must not go on
 */
export async function addVersions(query: Query, versions: readonly AgreementVersion[]): Promise<boolean> {
  const { rows } = await query(addSql, [JSON.stringify(versions.map(rowOf))]);
  return rows.length === versions.length;
}

function rowOf({ agreement, action, staff, entry }: AgreementVersion): Readonly<Record<string, unknown>> {
  const { id, version, state, ...document } = agreement;
  const { provider, consumer, service } = agreement;
  return {
    id,
    version,
    state,
    provider,
    consumer,
    service,
    document,
    action,
    staff: staff.id,
    role: staff.role,
    entry,
  };
}
