/** A gateway's audit part as tests see it: real tokens over real HTTP, a real ledger on a real database. */
import Fastify from 'fastify';
import pg from 'pg';
import { pino } from 'pino';
import { requestToken } from '../../src/cli/request-token.js';
import { identify } from '../../src/identity/identify.js';
import { openKeyRing } from '../../src/identity/key-ring.js';
import { sandboxKey } from '../../src/identity/sandbox-key.js';
import { openKeptErasures } from '../../src/ledger/kept-erasures.js';
import type { Draft, Position } from '../../src/ledger/ledger.js';
import { type OpenLedger, openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys, type PeriodKeys } from '../../src/ledger/period-keys.js';
import { openSearchPool } from '../../src/ledger/search-pool.js';
import { auditRoutes } from '../../src/routes/audit.js';
import { tokenRoutes } from '../../src/routes/token.js';
import { asGatewayLogin, migratedDatabase } from '../database.js';
import { sampleRegistry } from '../identity/deployment.js';

export interface AuditGateway {
  readonly url: string;
  readonly ledger: OpenLedger;
  readonly keys: PeriodKeys;
  readonly pool: pg.Pool;
  /** Lines of the gateway's log. */
  readonly log: readonly string[];
  /** A sandbox token, as `staff/auditor`'s or `housing/permits`'. */
  token(client: string): Promise<string>;
  /** Stops the HTTP server; the rest stays. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
}

interface Test {
  teardown(done: () => unknown): unknown;
  testdir(): string;
}

/** What a test may change while the gateway runs. */
export interface Controls {
  /** Makes every record fail. */
  refuse?: Error | undefined;
  /** Milliseconds by which the routes' clock is ahead. */
  ahead?: number;
  /** Other connections for the searches than the gateway's usual ones. */
  readonly searches?: (database: string) => pg.Pool;
}

export async function auditGateway(t: Test, controls: Controls = {}): Promise<AuditGateway> {
  const connectionString = await migratedDatabase(t);
  const gatewayString = asGatewayLogin(connectionString);
  const data = t.testdir();
  const log: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => log.push(line) });
  const keys = openPeriodKeys(`${data}/periods`);
  const settings = {
    deadline: 5000,
    statementDeadline: 2000,
    queue: 2000,
    lease: 5000,
    checkpointEvery: 1000,
    shards: 1,
  };
  const ledger = await openLedger({ database: gatewayString, keys, settings, logger });
  const pool = new pg.Pool({ connectionString, max: 2 });
  // A connection may hear that the database is dropped while it is being closed.
  pool.on('error', () => {});
  const searches = controls.searches?.(gatewayString) ?? openSearchPool(gatewayString, logger);

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const registry = sampleRegistry({}, { issuer: url, tokenLife: 300, clockSkew: 30 });
  const ring = await openKeyRing(data, registry.settings.identity, logger);
  const record = async (draft: Draft): Promise<Position> => {
    if (controls.refuse !== undefined) throw controls.refuse;
    return ledger.append(draft);
  };

  async function listening() {
    const server = Fastify({ loggerInstance: logger, forceCloseConnections: true });
    await server.register(tokenRoutes, {
      registry: () => registry,
      keys: ring,
      query: (text, values) => pool.query(text, [...values]),
      record,
    });
    await server.register(auditRoutes, {
      identify: authorization => identify(authorization, registry, ring),
      record,
      searches,
      periodKeys: keys,
      erasures: openKeptErasures(`${data}/erasures`),
      now: () => Date.now() + (controls.ahead ?? 0),
    });
    await server.listen({ host: '127.0.0.1', port });
    return server;
  }

  let server = await listening();
  t.teardown(async () => {
    await server.close();
    await ring.close();
    await ledger.close();
    await Promise.all([pool.end(), searches.end()]);
  });
  return {
    url,
    ledger,
    keys,
    pool,
    log,
    token: async client => {
      const got = await requestToken({ url, client, key: sandboxKey(client), language: 'en' });
      if (!got.ok) throw new Error(got.lines.join(' '));
      return got.token;
    },
    stop: () => server.close(),
    async start() {
      server = await listening();
    },
  };
}

export interface Problem {
  readonly code: string;
  readonly record?: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

/** Calls a route as a program does. */
export async function call<Body>(gateway: AuditGateway, token: string | undefined, path: string, body?: unknown) {
  const answer = await fetch(gateway.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) as Body };
}

export interface Row {
  readonly position: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The ledger's entries of kind `search`, oldest first, by SQL and not by the code under test. */
export async function looks(gateway: AuditGateway): Promise<readonly Row[]> {
  const { rows } = await gateway.pool.query<{ position: string; entry: Buffer }>(
    `SELECT shard || '/' || index AS position, entry FROM ledger_entries WHERE kind = 'search' ORDER BY shard, index`,
  );
  return rows.map(row => ({ position: row.position, entry: JSON.parse(row.entry.toString()) as Row['entry'] }));
}

/** Puts entries of kind `token` into another shard, each a millisecond later than the one before, from now on. */
export async function appendTokens({ pool }: AuditGateway, count: number): Promise<void> {
  await pool.query(
    `INSERT INTO ledger_entries (shard, index, time, kind, outcome, id, salt, leaf, entry)
     SELECT 1, n, $1::bigint + n, 'token', 'released', n::text, '', sha256(int8send(n)), '{"kind":"token"}'
     FROM generate_series(1, $2::int) AS n`,
    [Date.now(), count],
  );
}

/** A port for an issuer that must know its own address before it listens. */
async function freePort(): Promise<number> {
  const probe = Fastify();
  const { port } = new URL(await probe.listen({ port: 0, host: '127.0.0.1' }));
  await probe.close();
  return Number(port);
}
