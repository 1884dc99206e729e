/** A gateway's identity part as tests see it: a real server on a port, its store a real database, its records in a list. */
import { generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import pg from 'pg';
import { pino } from 'pino';
import { type KeyRing, openKeyRing } from '../../src/identity/key-ring.js';
import { sandboxKey, sandboxPublicKey } from '../../src/identity/sandbox-key.js';
import type { Draft, LedgerError, Position, Query } from '../../src/ledger/ledger.js';
import type { Client, Registry } from '../../src/registry/registry.js';
import type { IdentitySettings } from '../../src/registry/settings.js';
import { tokenRoutes } from '../../src/routes/token.js';
import { asGatewayLogin, migratedDatabase } from '../database.js';

/** What a test hands over so that things go when it ends. */
export interface Ending {
  teardown(done: () => Promise<unknown>): unknown;
}

export interface Deployment {
  readonly url: string;
  /** The data folder. */
  readonly data: string;
  readonly keys: KeyRing;
  /** Set to make the store fail. */
  query: Query;
  /** The entries recorded so far, the latest last. */
  readonly entries: Draft['entry'][];
  registry: Registry;
  /** Set to make recording fail. */
  ledgerError: LedgerError | undefined;
}

export const silent = pino({ level: 'silent' });

export async function temporaryFolder(t: Ending): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stile-identity-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return folder;
}

/** @param clients public keys by client id, beside the sandbox's `housing/permits` */
export async function deploy(
  t: Ending,
  clients: Readonly<Record<string, readonly JsonWebKey[]>> = {},
  settings: Partial<IdentitySettings> = {},
  sourceRate = 10_000,
): Promise<Deployment> {
  const server = Fastify({ logger: false });
  const connectionString = await migratedDatabase(t);
  const pool = new pg.Pool({ connectionString: asGatewayLogin(connectionString), max: 4 });
  // The database is dropped when the test ends, which idle connections hear of.
  pool.on('error', () => {});
  const query: Query = (text, values) => pool.query(text, [...values]);
  const listening = Fastify();
  const port = new URL(await listening.listen({ port: 0, host: '127.0.0.1' })).port;
  await listening.close();
  const url = `http://127.0.0.1:${port}`;
  const registry = sampleRegistry(clients, { issuer: url, tokenLife: 300, clockSkew: 30, ...settings });
  const data = await temporaryFolder(t);
  const keys = await openKeyRing(data, registry.settings.identity, silent);
  const deployment: Deployment = { url, data, keys, query, entries: [], registry, ledgerError: undefined };
  await server.register(tokenRoutes, {
    registry: () => deployment.registry,
    keys,
    query: (text, values) => deployment.query(text, values),
    sourceRate,
    record: async (draft: Draft): Promise<Position> => {
      if (deployment.ledgerError !== undefined) throw deployment.ledgerError;
      return { shard: 0, index: deployment.entries.push(draft.entry) - 1 };
    },
  });
  await server.listen({ port: Number(port), host: '127.0.0.1' });
  t.teardown(async () => {
    await server.close();
    await keys.close();
    await pool.end();
  });
  return deployment;
}

/** A registry with two purposes and the clients given, and nothing else that identity would look at. */
export function sampleRegistry(
  clients: Readonly<Record<string, readonly JsonWebKey[]>>,
  identity: IdentitySettings,
  sandbox = true,
): Registry {
  const all = { 'housing/permits': [sandboxPublicKey('housing/permits')], ...clients };
  const client = ([id, keys]: [string, readonly object[]]): [string, Client] => [
    id,
    {
      id,
      department: id.split('/')[0] ?? '',
      name: { zh: id, en: id },
      keys: keys.map(key => Object.freeze({ ...key })),
    },
  ];
  const purpose = (id: string) => ({ id, title: { zh: id, en: id }, basis: { zh: id, en: id } });
  return {
    digest: 'd'.repeat(64),
    deployment: 'stile.example',
    sandbox,
    settings: {
      exchange: {
        bodyLimit: 65_536,
        depthLimit: 16,
        refusals: { source: 10, client: 10, all: 100 },
        sourceRate: 1000,
        hopLimit: 3,
        releaseDeadline: 5000,
        repeatLife: 60,
        trustedProxies: [],
      },
      reload: 'auto',
      retention: { released: 36, other: 6 },
      ledger: {
        deadline: 1000,
        statementDeadline: 500,
        queue: 100,
        lease: 5000,
        checkpointEvery: 1000,
        shards: 1,
        witnesses: [],
        witnessPolicy: { required: 1, stale: 300, whenStale: 'warn' },
      },
      identity,
    },
    purposes: new Map(['public-rental-housing', 'marriage-registration'].map(id => [id, purpose(id)])),
    departments: new Map(),
    clients: new Map(Object.entries(all).map(client)),
    services: new Map(),
    schemas: new Map(),
  };
}

/** A key pair of each kind that an assertion may be signed with. */
export const keyPairs = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const;

/** The public JWK of a key, with what else it shall say. */
export const publicJwk = (key: KeyObject, more: JsonWebKey = {}): JsonWebKey => ({
  ...key.export({ format: 'jwk' }),
  ...more,
});

/** Seconds since 1970, now. */
export const seconds = (): number => Math.floor(Date.now() / 1000);

/** A good assertion of `housing/permits`, but for what the test changes. */
export function assertion(
  issuer: string,
  claims: JWTPayload = {},
  header: Partial<JWTHeaderParameters> = {},
  key: KeyObject | Uint8Array = sandboxKey('housing/permits'),
): Promise<string> {
  const now = seconds();
  const client = 'housing/permits';
  return new SignJWT({ iss: client, sub: client, aud: issuer, iat: now, exp: now + 60, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'EdDSA', ...header })
    .sign(key);
}

/** The form of a token request, but for what the test changes; a parameter set to undefined is left out. */
export function form(signed: string, changes: Readonly<Record<string, string | undefined>> = {}): URLSearchParams {
  const all = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signed,
    ...changes,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given);
}

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function ask(
  { url }: Deployment,
  body: URLSearchParams | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const answer = await fetch(`${url}/oauth2/token`, { method: 'POST', body, headers });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}
