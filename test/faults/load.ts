/** Load on a gateway in its own process, and what of it the ledger knows. */
import { setTimeout as pause } from 'node:timers/promises';
import { startDepartments } from '../../src/sandbox/departments.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, callers, importAgreements, sandboxAgreements, type Test } from '../gateway.js';
import { freePort, type GatewayProcess, type ProcessOptions, startGateway } from './gateway-process.js';

export type Client = ReturnType<typeof callers>;

/** A released reply as its caller received it. */
export interface Received {
  readonly record: string;
  readonly trace: string;
}

export interface Loaded {
  readonly options: ProcessOptions;
  readonly client: Client;
  readonly gateway: GatewayProcess;
}

/**
 * A gateway with the sandbox's agreements, before departments that outlive it.
 *
 * @param environment of its own besides
 */
export async function openLoaded(t: Test, environment: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'key', secret: 'secret' });
  t.teardown(() => departments.close());
  const options = {
    port: await freePort(),
    dataFolder: t.testdir(),
    environment: {
      ...departments.variables,
      ...environment,
    },
  };
  const gateway = await startGateway(options);
  const client = callers(gateway.url);
  await importAgreements(client, sandboxAgreements());
  await client.token('housing/permits');
  return { options, client, gateway };
}

export interface Load {
  readonly received: readonly Received[];
  /** What was answered with another status, by its code. */
  readonly refused: readonly string[];
  /** Waits until another hundred replies have come: the gateway serves, and is under load. */
  more(): Promise<void>;
  stop(): Promise<void>;
}

const marriage = 'civil-affairs/marriage-status/v1';

/** Sixteen callers that ask again and again, also while nobody answers. */
export function startLoad(client: Client): Load {
  const received: Received[] = [];
  const refused: string[] = [];
  let stopped = false;
  const caller = async () => {
    while (!stopped) {
      const answer = await client
        .exchange(marriage, { residentId: sampleResidents.married.residentId })
        .catch(() => undefined);
      if (answer?.status === 200) received.push(receivedIn(answer));
      else if (answer !== undefined) refused.push(String(answer.body?.code));
      if (answer?.status !== 200) await pause(20);
    }
  };
  const callers = Array.from({ length: 16 }, caller);
  return {
    received,
    refused,
    async more() {
      const enough = received.length + 100;
      while (received.length < enough) await pause(10);
    },
    async stop() {
      stopped = true;
      await Promise.all(callers);
    },
  };
}

const receivedIn = (answer: Answer): Received => ({
  record: answer.record ?? '',
  trace: answer.headers.get('traceparent') ?? '',
});

/** Every released exchange in the ledger, as an auditor pages through it. */
export async function recordsOf(client: Client): Promise<Received[]> {
  const headers = {
    authorization: `Bearer ${await client.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  const found: Received[] = [];
  let cursor: string | undefined;
  do {
    const body = { kind: ['exchange'], outcome: ['released'], limit: 500, ...(cursor && { cursor }) };
    const answer = await client.call('/audit/search', { method: 'POST', headers, body });
    const page = answer.body as { entries: { position: string; entry: { trace: string } }[]; cursor?: string };
    for (const { position, entry } of page.entries) found.push({ record: position, trace: entry.trace });
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}
