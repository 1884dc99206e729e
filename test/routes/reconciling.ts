/** A department's own list against the ledger, asked as an auditor asks, and what was told. */
import pg from 'pg';
import type { Test } from 'tap';
import type { Reconciliation } from '../../schemas/stile/reconciliation.js';
import type { ReconciliationFinding } from '../../schemas/stile/reconciliation-finding.js';
import type { TestGateway } from '../gateway.js';

export const service = 'civil-affairs/marriage-status/v1';

export interface Told {
  readonly status: number;
  readonly record: string | null;
  readonly head: Reconciliation | undefined;
  readonly findings: readonly ReconciliationFinding[];
  readonly problem: {
    readonly code?: string;
    readonly record?: string;
    readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
  };
}

export interface Asking {
  readonly query?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly as?: string;
  readonly language?: string;
}

export async function compare(
  gateway: TestGateway,
  list: string | Buffer,
  { query = {}, type = 'text/csv', as = 'staff/auditor', language = 'en' }: Asking = {},
): Promise<Told> {
  const answer = await gateway.call(`/audit/reconciliations?${new URLSearchParams({ service, ...query })}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token(as)}`, 'content-type': type, 'accept-language': language },
    body: list,
  });
  const lines = answer.text.split('\n').filter(line => line !== '');
  const [head, ...findings] = answer.status === 200 ? lines.map(line => JSON.parse(line)) : [];
  return { status: answer.status, record: answer.record, head, findings, problem: answer.body ?? {} };
}

export const csvOf = (ids: readonly string[]) => ['requestId', ...ids, ''].join('\n');
/** Every entry, as text, by SQL and not by the code under test. */
export async function entriesIn(t: Test, gateway: TestGateway): Promise<string> {
  const client = new pg.Client({ connectionString: gateway.database });
  await client.connect();
  t.teardown(() => client.end());
  const { rows } = await client.query("SELECT convert_from(entry, 'UTF8') AS entry FROM ledger_entries ORDER BY time");
  return rows.map(row => row.entry).join('\n');
}
