/** `kill -9` of the gateway and of the database under load: every reply a caller received has its record, and no record is there twice. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startDepartments } from '../../src/sandbox/departments.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, callers, importAgreements, sandboxAgreements } from '../gateway.js';
import { freePort, type GatewayProcess, startGateway } from './gateway-process.js';

/** The issue asks for twenty; the quick suite samples. */
const times = process.env.STILE_SLOW === undefined ? 2 : 20;
const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;

interface Received {
  readonly record: string;
  readonly trace: string;
}

t.test(`${times} kills, gateway and database in turn`, { timeout: 60_000 + times * 15_000 }, async t => {
  const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'key', secret: 'secret' });
  t.teardown(() => departments.close());
  const options = {
    port: await freePort(),
    dataFolder: t.testdir(),
    environment: {
      SANDBOX_CIVIL_AFFAIRS_URL: departments.civilAffairs.url,
      SANDBOX_CIVIL_AFFAIRS_API_KEY: 'key',
      SANDBOX_PUBLIC_SECURITY_URL: departments.publicSecurity.url,
      SANDBOX_PUBLIC_SECURITY_SECRET: 'secret',
    },
  };
  let gateway: GatewayProcess = await startGateway(options);
  t.teardown(() => gateway.end('SIGTERM'));
  const client = callers(gateway.url);
  await importAgreements(client, sandboxAgreements());
  await client.token('housing/permits');

  const received: Received[] = [];
  let stop = false;
  const caller = async () => {
    while (!stop) {
      const answer = await client.exchange(marriage, { residentId }).catch(() => undefined);
      if (answer?.status === 200) received.push(receivedIn(answer));
      else await pause(20);
    }
  };
  const load = Array.from({ length: 16 }, caller);

  for (let time = 0; time < times; time++) {
    await more(received);
    // Not always at the same point of a commit.
    await pause(Math.random() * 50);
    if (time % 2 === 0) {
      await gateway.end('SIGKILL');
      gateway = await startGateway(options);
    } else {
      process.kill(databaseProcess(options.dataFolder), 'SIGKILL');
    }
  }
  await more(received);
  stop = true;
  await Promise.all(load);

  const stored = await recordsOf(client);
  const byRecord = new Map(stored.map(record => [record.record, record.trace]));
  const lost = received.filter(({ record, trace }) => byRecord.get(record) !== trace);
  t.same(lost, [], `each of ${received.length} replies has its record, at the position it names`);
  t.equal(
    new Set(stored.map(({ trace }) => trace)).size,
    stored.length,
    `none of ${stored.length} records is there twice`,
  );
  t.equal(await gateway.end('SIGTERM'), 0);
});

const receivedIn = (answer: Answer): Received => ({
  record: answer.record ?? '',
  trace: answer.headers.get('traceparent') ?? '',
});

/** Waits until another hundred replies have come: the gateway serves, and is under load. */
async function more(received: readonly Received[]): Promise<void> {
  const enough = received.length + 100;
  while (received.length < enough) await pause(10);
}

/** The embedded server's own process; its first line is the process id. */
function databaseProcess(dataFolder: string): number {
  const file = readdirSync(dataFolder, { recursive: true }).find(name => String(name).endsWith('postmaster.pid'));
  return Number(readFileSync(join(dataFolder, String(file)), 'utf8').split('\n', 1)[0]);
}

/** Every released exchange in the ledger, as an auditor pages through it. */
async function recordsOf(client: ReturnType<typeof callers>): Promise<Received[]> {
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
