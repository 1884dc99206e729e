/**
 * Gateways that share one shard: one writes, and another takes over when it is closed, paused or killed; the ledger never forks.
 *
 * Fault: a writer paused beyond its lease
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import t from 'tap';
import { startDepartments } from '../../src/sandbox/departments.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { migratedDatabase } from '../database.js';
import { callers, importAgreements, sandboxAgreements, type TestGateway } from '../gateway.js';
import { until } from '../until.js';
import { account, exchangeTraced, type Traced } from './account.js';
import { makeConfig } from './config-folder.js';
import { freePort, type GatewayProcess, startGateway } from './gateway-process.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;

const departments = await startDepartments({ host: '127.0.0.1', apiKey: 'key', secret: 'secret' });
t.teardown(() => departments.close());
const store = await migratedDatabase(t);
const folder = t.testdir();
// One issuer, so that a token of one replica is good at all; one shard; and a lease that does not keep the test waiting.
const config = await makeConfig(
  folder,
  text =>
    `${text.replace(/issuer: .*/, 'issuer: http://gateway.stile.example')}
ledger: { shards: 1, lease: 1000, deadline: 2000, statementDeadline: 1000 }
`,
);
const dataFolder = join(folder, 'data');
await mkdir(dataFolder);

async function start(): Promise<GatewayProcess> {
  const gateway = await startGateway({
    port: await freePort(),
    dataFolder,
    program: [fileURLToPath(new URL('./bare-gateway.js', import.meta.url))],
    environment: {
      ...config,
      // As the owner, whose rights the gateway sets aside.
      DATABASE_URL: store,
      ...departments.variables,
    },
  });
  t.teardown(async () => void (await gateway.end('SIGKILL')));
  return gateway;
}

let alive: readonly GatewayProcess[] = await Promise.all([start(), start(), start()]);
const isReady = async ({ url }: GatewayProcess) => (await fetch(`${url}/health/ready`)).status === 200;

/** The one that has the shard, once one of them has. */
async function holderOf(gateways: readonly GatewayProcess[]): Promise<GatewayProcess> {
  for (;;) {
    for (const gateway of gateways) if (await isReady(gateway)) return gateway;
    await pause(20);
  }
}

let holder = await holderOf(alive);
await importAgreements(callers(holder.url), sandboxAgreements());
const headers = {
  authorization: `Bearer ${await callers(holder.url).token('housing/permits')}`,
  'content-type': 'application/json',
  'stile-purpose': 'public-rental-housing',
};

/** Everything that any caller was told. */
const told: Traced[] = [];

/** An exchange by the holder's token, which one that stands by could not issue. */
async function ask({ url }: GatewayProcess): Promise<Traced> {
  const exchange: TestGateway['exchange'] = (service, body, more) =>
    callers(url).call(`/exchange/${service}`, { method: 'POST', body, headers: { ...headers, ...more } });
  const traced = await exchangeTraced({ exchange }, marriage, { residentId });
  told.push(traced);
  return traced;
}

const serves = async (gateway: GatewayProcess) => (await ask(gateway)).answer.status === 200;

/** Calls every gateway that is alive without end; one that is gone answers nothing. */
function openLoad() {
  let stopped = false;
  const caller = async (gateway: GatewayProcess) => {
    while (!stopped) if (!(await serves(gateway).catch(() => false))) await pause(20);
  };
  const load = alive.flatMap(gateway => Array.from({ length: 4 }, () => caller(gateway)));
  return {
    async stop() {
      stopped = true;
      await Promise.all(load);
    },
  };
}

/** Something happens to the holder under load; then another is. */
async function takeOver(happens: (holder: GatewayProcess) => unknown): Promise<GatewayProcess> {
  const begun = told.length;
  await until(() => told.slice(begun).filter(({ answer }) => answer.status === 200).length >= 50);
  const former = holder;
  await happens(former);
  holder = await holderOf(alive.filter(gateway => gateway !== former));
  await until(() => serves(holder));
  return former;
}

t.test('only one writes', async t => {
  t.ok(await serves(holder));
  for (const standby of alive.filter(gateway => gateway !== holder)) {
    const { answer } = await ask(standby);
    t.match(answer, { status: 503, record: null, body: { code: 'STILE_RECORD_UNAVAILABLE' } });
    t.notMatch(answer.text, residentId);
    t.equal(await isReady(standby), false, 'a load balancer sends it nothing');
  }
});

t.test('closed: another takes over', async t => {
  const load = openLoad();
  const closed = await takeOver(async gateway => t.equal(await gateway.end('SIGTERM'), 0));
  await load.stop();
  alive = alive.filter(gateway => gateway !== closed);
});

t.test('paused beyond its lease: another takes over, and what wakes up writes nothing', async t => {
  const load = openLoad();
  const paused = await takeOver(gateway => gateway.process.kill('SIGSTOP'));
  paused.process.kill('SIGCONT');
  await until(async () => !(await serves(paused)));
  t.ok(await serves(holder));
  await load.stop();
});

t.test('killed: another takes over', async () => {
  const load = openLoad();
  await takeOver(gateway => gateway.end('SIGKILL'));
  await load.stop();
});

t.test('whatever any caller was told is in the one ledger, once', async t => {
  await account(t, { database: store }, told);
  const client = new pg.Client({ connectionString: store });
  await client.connect();
  const { rows } = await client.query('SELECT shard, epoch FROM ledger_heads WHERE shard >= 0');
  await client.end();
  t.strictSame(rows, [{ shard: 0, epoch: '4' }], 'leased four times, each time by one');
});
