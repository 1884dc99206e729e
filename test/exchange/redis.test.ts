/** Replicas that count limits in one Redis: a quota is one, whoever is asked; and a Redis that hangs or is away holds nobody up. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { freePort } from '../faults/gateway-process.js';
import { type Answer, openGateway, withoutCounting } from '../gateway.js';
import { isInstalled } from '../installed.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
const quota = 12;
const terms = {
  id: 'housing-marriage-status',
  provider: 'civil-affairs',
  consumer: 'housing',
  service: marriage,
  purposes: ['public-rental-housing'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: [{ path: 'status' }],
  limits: { second: 1000, day: quota },
};

async function startRedis(port: number): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.includes('Ready to accept connections')) break;
  }
  server.stdout.resume();
  return server;
}

async function kill(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

t.test('two replicas and their Redis', async t => {
  if (!isInstalled(t, ['redis-server', '--version'])) return;
  const port = await freePort();
  let redis = await startRedis(port);
  t.teardown(() => kill(redis));
  const options = { redisUrl: `redis://127.0.0.1:${port}`, change: withoutCounting };
  const first = await openGateway(t, { ...options, agreements: [terms] });
  const second = await openGateway(t, { ...options, beside: first });
  const ask = (number: number): Promise<Answer> => (number % 2 ? first : second).exchange(marriage, { residentId });

  t.comment('they share a quota');
  const answers = await Promise.all(Array.from({ length: 3 * quota }, (_, number) => ask(number)));
  const released = answers.filter(({ status }) => status === 200);
  t.equal(released.length, quota, 'never one more than was granted');
  t.same(
    released
      .map(({ headers }) => Number(/"day";r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]))
      .toSorted((a, b) => a - b),
    Array.from({ length: quota }, (_, left) => left),
    'each is told another number that is left',
  );
  t.equal(first.departments.civilAffairs.asked().length, quota);
  for (const refused of answers.filter(({ status }) => status !== 200)) t.match(refused.body, { code: 'STILE_QUOTA' });
  await refusedWith(t, first, await ask(0), 'STILE_QUOTA', { asked: false });
  await refusedWith(t, first, await ask(1), 'STILE_QUOTA', { asked: false });

  t.comment('Redis hangs');
  redis.kill('SIGSTOP');
  const hung = await Promise.all([ask(0), ask(1)]);
  redis.kill('SIGCONT');
  for (const answer of hung) await refusedWith(t, first, answer, 'STILE_QUOTA_UNAVAILABLE', { asked: false });
  await until(async () => (await ask(0)).body?.code === 'STILE_QUOTA');

  t.comment('Redis is away, and comes back');
  await kill(redis);
  await refusedWith(t, first, await ask(0), 'STILE_QUOTA_UNAVAILABLE', { asked: false });
  t.equal(first.departments.civilAffairs.asked().length, quota, 'nobody was asked what could not be counted');
  t.ok(await first.token('public-security/register'), 'tokens do not need it');
  redis = await startRedis(port);
  await until(async () => (await ask(0)).status === 200);
});
