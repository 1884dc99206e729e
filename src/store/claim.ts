/** A gateway's claim on its embedded server: a session that holds an advisory lock, so that one data folder has one gateway. */
import pg from 'pg';

export const claimOutcome = {
  /** The claim is this gateway's until its session ends. */
  held: 'held',
  /** Another gateway holds it. */
  taken: 'taken',
  /** The server says that it is starting, recovering or shutting down. */
  busy: 'busy',
  /** Nobody answers there. */
  silent: 'silent',
  /** The server does not know the password. */
  stranger: 'stranger',
} as const;

export type ClaimResult =
  | { readonly outcome: typeof claimOutcome.held; readonly claim: Claim }
  | { readonly outcome: Exclude<keyof typeof claimOutcome, 'held'> };

export interface Claim {
  /** The server's `cluster_name`, by which a gateway knows whether it was started as it would start it. */
  readonly name: string;
  /** Resolves when the session has ended, for whatever reason. */
  readonly lost: Promise<void>;
}

/** `STILE` in ASCII; any number would do that nothing else locks. */
const lockKey = 0x5354494c45;

/**
 * Tries once to claim a server.
 *
 * @param connectionString of the database `postgres`: advisory locks count within one database
 */
export async function claimServer(connectionString: string): Promise<ClaimResult> {
  const client = new pg.Client({
    connectionString,
    application_name: 'stile claim',
    connectionTimeoutMillis: 5000,
    query_timeout: 5000,
  });
  const lost = new Promise<void>(resolve => client.once('end', resolve));
  // The end follows, and is what counts.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const found = await client.query<{ held: boolean; name: string }>(
      `SELECT pg_try_advisory_lock(${lockKey}) AS held, current_setting('cluster_name') AS name`,
    );
    const row = found.rows[0];
    if (row?.held) return { outcome: claimOutcome.held, claim: { name: row.name, lost } };
    await client.end();
    return { outcome: claimOutcome.taken };
  } catch (error) {
    await client.end().catch(() => undefined);
    return { outcome: outcomeOf((error as { code?: string }).code) };
  }
}

/** Makes the gateway's database unless it is there. Only the holder of the claim calls it. */
export async function makeDatabase(connectionString: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

/** By PostgreSQL's SQLSTATE: 57P03 is cannot_connect_now, class 28 is a wrong password or user. */
function outcomeOf(code: string | undefined): Exclude<keyof typeof claimOutcome, 'held'> {
  if (code === '57P03') return claimOutcome.busy;
  return code?.startsWith('28') ? claimOutcome.stranger : claimOutcome.silent;
}
