/** A whole gateway for tests: real departments, a real store, real tokens, over real HTTP. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { parse as parseYaml } from 'yaml';
import { type Booted, boot } from '../src/boot.js';
import { requestToken } from '../src/cli/request-token.js';
import { type ConfigSource, folderSource } from '../src/configuration/config-source.js';
import { sandboxKey } from '../src/identity/sandbox-key.js';
import type { Registry } from '../src/registry/registry.js';
import { root } from '../src/root.js';
import { type Departments, startDepartments } from '../src/sandbox/departments.js';
import { populationWhenAsked } from '../src/sandbox/population.js';
import { asGatewayLogin, type database, migratedDatabase, server } from './database.js';
import { suiteFolder } from './suite-folder.js';

const silent = pino({ level: 'silent' });
/** Nobody changes it, so a process needs it once. */
const population = populationWhenAsked();

export type Test = Parameters<typeof database>[0] & { testdir(): string };

export interface GatewayOptions {
  /** Share another gateway's store, departments and keys: a second replica. */
  readonly beside?: TestGateway;
  /** Connection string of a server of the test's own, as the owner: the gateway has no login of its own there. */
  readonly store?: string;
  /** Connection string of the gateway's own way to the store, such as a proxy that can cut it. */
  readonly route?: (database: string) => Promise<string>;
  readonly change?: (registry: Registry) => Registry;
  /** Reads the registry of a test's own config; the shipped one when absent. */
  readonly read?: (departments: Departments) => Promise<Registry>;
  /** Holds config/ and schemas/, which the gateway watches; the shipped ones, unwatched, when absent. */
  readonly folder?: string;
  readonly logger?: Logger;
  readonly now?: () => number;
  readonly redisUrl?: string;
  /** The sandbox's when absent. */
  readonly agreements?: readonly object[];
}

export interface TestGateway extends Booted {
  readonly url: string;
  /** Connection string of the store, as its owner. */
  readonly database: string;
  readonly dataFolder: string;
  readonly departments: Departments;
  readonly registry: Registry;
  token(client: string, purpose?: string): Promise<string>;
  /** Calls with headers as given; a body that is not a text is sent as JSON. */
  call(path: string, init?: CallInit): Promise<Answer>;
  /** An exchange by `housing/permits` for public rental housing, unless the headers say otherwise. */
  exchange(service: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The entry at a position, as an auditor is shown it. */
  entry(position: string | null): Promise<Readonly<Record<string, unknown>>>;
}

export interface CallInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** `Stile-Record` */
  readonly record: string | null;
}

/** Opens a gateway on a free port; everything goes when the test ends. */
export async function openGateway(t: Test, options: GatewayOptions = {}): Promise<TestGateway> {
  const { beside } = options;
  const apiKey = randomBytes(8).toString('hex');
  const secret = randomBytes(8).toString('hex');
  const naturalResources = { server: server(), password: 'of every test', dataFolder: '', logger: silent };
  const housingFundFolder = join(suiteFolder(process.ppid), 'housing-fund');
  const shared = { host: '127.0.0.1', population, apiKey, secret, naturalResources, housingFundFolder };
  const departments = beside?.departments ?? (await startDepartments(shared));
  if (beside === undefined) t.teardown(() => departments.close());
  const { folder } = options;
  const config = folderSource({
    configFolder: join(folder ?? root, 'config'),
    schemasFolder: join(folder ?? root, 'schemas'),
    environment: { STILE_URL: 'http://gateway.stile.example', ...departments.variables },
  });
  const besides = folder === undefined ? beside?.registry : undefined;
  const registry = besides ?? (await (options.read?.(departments) ?? readRegistry(config)));
  const store = options.store ?? beside?.database ?? (await migratedDatabase(t));
  const login = options.store ?? asGatewayLogin(store);
  const dataFolder = beside?.dataFolder ?? t.testdir();
  const booted = await boot({
    registry: options.change?.(registry) ?? registry,
    database: (await options.route?.(login)) ?? login,
    ownerDatabase: store,
    dataFolder,
    logger: options.logger ?? silent,
    ...(options.now && { now: options.now }),
    ...(folder === undefined ? {} : { config }),
    ...(options.redisUrl && { redisUrl: options.redisUrl }),
  });
  t.teardown(() => booted.close());
  const url = await booted.app.listen({ host: '127.0.0.1', port: 0 });
  const gateway = { ...booted, url, database: store, dataFolder, departments, registry, ...callers(url) };
  if (beside === undefined) await importAgreements(gateway, options.agreements ?? sandboxAgreements());

  return gateway;
}

/** A registry under which every refusal has a record of its own, however fast a test makes them. */
export function withoutCounting(registry: Registry): Registry {
  const { settings } = registry;
  const refusals = { source: 100_000, client: 100_000, all: 100_000 };
  return { ...registry, settings: { ...settings, exchange: { ...settings.exchange, refusals } } };
}

/** Imports agreements as an officer does. */
export async function importAgreements(
  gateway: Pick<TestGateway, 'call' | 'token'>,
  agreements: readonly object[],
): Promise<void> {
  const answer = await gateway.call('/operate/agreements', {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token('staff/officer')}`, 'content-type': 'application/json' },
    body: { agreements },
  });
  if (answer.status !== 200) throw new Error(`the agreements were not imported: ${answer.text}`);
}

/** The agreements that the sandbox ships with. */
export const sandboxAgreements = (): readonly object[] =>
  parseYaml(readFileSync(join(root, 'config', 'agreements', 'sandbox.yaml'), 'utf8')).agreements;

async function readRegistry(config: ConfigSource): Promise<Registry> {
  const { registry, faults } = await config.load();
  if (registry === undefined) throw new Error(`the shipped config has faults: ${JSON.stringify(faults)}`);
  return registry;
}

const isOverloaded = (text: string): boolean => text.includes('"code":"STILE_OVERLOADED"');

/** What a test does at a gateway's address, whichever process it runs in. */
export function callers(url: string): Pick<TestGateway, 'token' | 'call' | 'exchange' | 'entry'> {
  const tokens = new Map<string, { readonly issued: number; readonly token: Promise<string> }>();

  async function issue(client: string, purpose: string | undefined): Promise<string> {
    const key = sandboxKey(client);
    const got = await requestToken({ url, client, key, language: 'en', ...(purpose && { purpose }) });
    if (!got.ok) throw new Error(`no token for ${client}: ${got.lines.join(' ')}`);
    return got.token;
  }

  function token(client: string, purpose?: string): Promise<string> {
    const name = `${client} ${purpose ?? ''}`;
    const known = tokens.get(name);
    // Two of the five minutes that a token lives: by its age, so that a test that has got one has it while the store is away.
    if (known !== undefined && Date.now() - known.issued < 120_000) return known.token;
    const made = { issued: Date.now(), token: issue(client, purpose) };
    tokens.set(name, made);
    // One that was refused, as while the store was away, is asked for again.
    made.token.catch(() => tokens.get(name) === made && tokens.delete(name));
    return made.token;
  }

  async function call(path: string, { method = 'GET', headers = {}, body }: CallInit = {}): Promise<Answer> {
    const sent =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const response = await fetch(url + path, {
      method,
      headers,
      ...(sent === undefined ? {} : { body: sent }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    // A machine busy with other tests: nothing was done, and whoever honours Retry-After asks again.
    if (response.status === 503 && isOverloaded(text)) {
      await pause(Number(response.headers.get('retry-after')) * 1000);
      return call(path, { method, headers, body });
    }
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: parse(text),
      record: response.headers.get('stile-record'),
    };
  }

  return {
    token,
    call,
    exchange: async (service, body, headers) =>
      call(`/exchange/${service}`, {
        method: 'POST',
        body,
        headers: {
          authorization: `Bearer ${await token('housing/permits')}`,
          'content-type': 'application/json',
          'stile-purpose': 'public-rental-housing',
          ...headers,
        },
      }),
    async entry(position) {
      const answer = await call(`/audit/records/${position}`, {
        headers: { authorization: `Bearer ${await token('staff/auditor')}` },
      });
      if (answer.body?.entry === undefined) throw new Error(`no record at ${position}: ${answer.text}`);
      return answer.body.entry as Readonly<Record<string, unknown>>;
    },
  };
}

function parse(text: string): Answer['body'] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
