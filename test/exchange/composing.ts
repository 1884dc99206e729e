/** Composite services of a test's own making, and departments whose answers a test holds back. */
import { createServer, type IncomingMessage } from 'node:http';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter as composite } from '../../adapters/composite.js';
import type { Registry, Service } from '../../src/registry/registry.js';
import { sandboxAgreements, type Test, type TestGateway } from '../gateway.js';

export const check = 'government-services/rental-housing-check/v1';
export const marriage = 'civil-affairs/marriage-status/v1';
export const household = 'public-security/household/v1';
export const property = 'natural-resources/property-registration/v1';
export const insurance = 'human-resources/insurance-contributions/v1';

/** The registry with one service changed. */
export function withService(registry: Registry, id: string, changed: Partial<Service>): Registry {
  const service = registry.services.get(id);
  if (service === undefined) throw new Error(`there is no service ${id}`);
  return { ...registry, services: new Map([...registry.services, [id, { ...service, ...changed }]]) };
}

/** The registry with the sandbox's composite made of other steps. */
export const composedOf = (registry: Registry, ask: JsonObject, changed: Partial<Service> = {}): Registry =>
  withService(registry, check, { ask, parts: composite.parts?.(ask) ?? [], ...changed });

/** The sandbox's steps, of which all must answer. */
export const allOrNothing = (registry: Registry): JsonObject => {
  const { steps, reply } = registry.services.get(check)?.ask ?? {};
  return { steps, reply };
};

/** The sandbox's agreements without some of them. */
export const agreementsWithout = (...ids: readonly string[]): readonly object[] =>
  sandboxAgreements().filter(agreement => !ids.includes((agreement as { id: string }).id));

/** The sandbox's agreements, one of them changed. */
export const agreementsWith = (id: string, changed: object): readonly object[] =>
  sandboxAgreements().map(agreement =>
    (agreement as { id: string }).id === id ? { ...agreement, ...changed } : agreement,
  );

/** What the record at a position says, and those of its parts, by service. */
export async function recordsOf(gateway: TestGateway, position: string | null) {
  const entry = await gateway.entry(position);
  const found = await Promise.all(((entry.parts ?? []) as string[]).map(part => gateway.entry(part)));
  return { entry, parts: new Map(found.map(part => [part.service, part])) };
}

/** An officer's suspension, resolved once it is acknowledged. */
export async function suspend(gateway: TestGateway, agreement: string): Promise<void> {
  const answer = await gateway.call(`/operate/agreements/${agreement}/suspend`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token('staff/officer')}`, 'content-type': 'application/json' },
    body: { why: 'a complaint is looked into' },
  });
  if (answer.status !== 200) throw new Error(answer.text);
}

export interface HeldDepartment {
  readonly url: string;
  /** Where questions go on to, once they are let go. */
  goTo(url: string): void;
  /** The registry with the service asked through here. */
  through(registry: Registry): Registry;
  /** Resolves once a question has come. */
  readonly asked: Promise<void>;
  /** Lets it, and all others, go on. */
  letGo(): void;
}

/** Stands before the department of an http service and keeps its questions until they are let go. */
export async function holdDepartment(t: Test, id: string): Promise<HeldDepartment> {
  let target = '';
  let come = () => {};
  let letGo = () => {};
  const asked = new Promise<void>(resolve => {
    come = resolve;
  });
  const held = new Promise<void>(resolve => {
    letGo = resolve;
  });
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    come();
    await held;
    if (response.destroyed) return;
    const headers = Object.entries(request.headers).filter(([name]) => !['host', 'connection'].includes(name));
    const answer = await fetch(target + request.url, {
      method: request.method ?? 'GET',
      headers: headers.map(([name, value]) => [name, String(value)] as [string, string]),
      body,
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    goTo(url) {
      target = url;
    },
    asked,
    letGo,
    through(registry) {
      const adapter = registry.services.get(id)?.adapter;
      if (adapter === undefined) throw new Error(`${id} has no adapter`);
      target = String(adapter.settings.baseUrl);
      const settings = { ...adapter.settings, baseUrl: url };
      return withService(registry, id, { adapter: { ...adapter, id: `${adapter.id}-held`, settings } });
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
