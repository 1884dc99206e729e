/** A gateway's agreements part as its users see it: real tokens over real HTTP, a real ledger on a real database. */
import { join } from 'node:path';
import Fastify from 'fastify';
import { requestToken } from '../../src/cli/request-token.js';
import { identify } from '../../src/identity/identify.js';
import { openKeyRing } from '../../src/identity/key-ring.js';
import { sandboxKey, sandboxPublicKey } from '../../src/identity/sandbox-key.js';
import { openKeptErasures } from '../../src/ledger/kept-erasures.js';
import { agreementRoutes } from '../../src/routes/agreements.js';
import { tokenRoutes } from '../../src/routes/token.js';
import { type AgreementsStore, openAgreements, type Replica, silent } from './open-agreements.js';
import { clientOf, registryOf } from './sample.js';

export interface AgreementsGateway {
  readonly url: string;
  readonly store: AgreementsStore;
  readonly replica: Replica;
  /** A sandbox token, as `staff/officer`'s or `housing/permits`'. */
  token(client: string): Promise<string>;
  /** Calls the API with a token of the client; without one, with none. */
  call(
    client: string | undefined,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; headers: Headers; body: unknown }>;
}

export async function agreementsGateway(
  t: Parameters<typeof openAgreements>[0] & { readonly testdirName: string },
): Promise<AgreementsGateway> {
  const store = await openAgreements(t);
  const probe = Fastify();
  const url = await probe.listen({ host: '127.0.0.1', port: 0 });
  await probe.close();
  const { settings } = store.registry;
  const permits = { ...clientOf('housing/permits'), keys: [{ ...sandboxPublicKey('housing/permits') }] };
  store.registry = registryOf({
    settings: { ...settings, identity: { issuer: url, tokenLife: 300, clockSkew: 30 } },
    clients: new Map([[permits.id, permits]]),
  });
  const replica = await store.replica();
  const keys = await openKeyRing(t.testdir(), store.registry.settings.identity, silent);
  const erasures = openKeptErasures(join(t.testdirName, 'erasures'));
  const record = replica.ledger.append;
  const server = Fastify({ forceCloseConnections: true });
  await server.register(tokenRoutes, {
    registry: () => store.registry,
    keys,
    query: (text, values) => store.pool.query(text, [...values]),
    record,
  });
  await server.register(agreementRoutes, {
    ...replica,
    erasures,
    identify: authorization => identify(authorization, store.registry, keys),
    record,
  });
  await server.listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
  t.teardown(async () => {
    await server.close();
    await keys.close();
  });

  async function token(client: string): Promise<string> {
    const got = await requestToken({ url, client, key: sandboxKey(client), language: 'en' });
    if (!got.ok) throw new Error(got.lines.join(' '));
    return got.token;
  }

  return {
    url,
    store,
    replica,
    token,
    async call(client, path, body) {
      const headers = new Headers();
      if (client !== undefined) headers.set('authorization', `Bearer ${await token(client)}`);
      if (body !== undefined) headers.set('content-type', 'application/json');
      const answer = await fetch(url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    },
  };
}
