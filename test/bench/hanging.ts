/**
 * `npm run bench:hanging`: what a department that begins to hang costs the exchanges of another.
 *
 * Its callers ask all the time: while it answers, and while it takes questions and answers none, in turn. What counts is the pairs' ratio.
 */
import { setMaxListeners } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { root } from '../../src/root.js';
import { populate } from '../../src/sandbox/population.js';
import { freePort } from '../faults/gateway-process.js';
import { drive, type Figures, type Load } from './load.js';
import { inImage, program, runStile, type Started, startProgram, stile, stop } from './programs.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '7' },
    connections: { type: 'string', default: '32' },
    callers: { type: 'string', default: '400' },
  },
});
const [seconds, rounds, connections, callers] = [values.seconds, values.rounds, values.connections, values.callers].map(
  Number,
) as [number, number, number, number];

const data = mkdtempSync(join(tmpdir(), 'stile-bench-'));
// The database runs as another user when this is root, and keeps its files here if it may enter.
chmodSync(data, 0o755);
const children: Started[] = [];
const start = async (...started: Parameters<typeof startProgram>): Promise<string> => {
  const child = await startProgram(...started);
  children.push(child);
  return child.line;
};

/** The way to a department's system, which can hold back every question. */
let hangs = false;
let systemPort = 0;
const way = createServer(socket => {
  const system = connect(systemPort, '127.0.0.1');
  socket.on('data', question => !hangs && system.write(question)).on('close', () => system.destroy());
  system.on('data', answer => socket.write(answer)).on('close', () => socket.destroy());
  for (const end of [socket, system]) end.on('error', () => undefined);
});
await new Promise<void>(resolve => way.listen(0, '127.0.0.1', resolve));
way.unref();

try {
  const { service, token, url } = await startGateway();
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    'Stile-Purpose': 'public-rental-housing',
  };
  const turns = [...populate().residents.values()]
    .flatMap(({ residentId, marriage }) => (marriage ? [JSON.stringify({ residentId })] : []))
    .slice(0, 500);
  const load: Load = { url: `${url}${service}`, method: 'POST', headers, turns, connections, seconds };
  await drive({ ...load, seconds: 3 });
  const household = `${url}/exchange/public-security/household/v1`;
  const pairs: [answering: Figures, hanging: Figures][] = [];
  for (let round = 0; round < rounds; round++) {
    const pair: Figures[] = [];
    for (const hanging of [false, true]) {
      const calls = callAlong(household, headers, turns[0] ?? '');
      await sleep(2000);
      hangs = hanging;
      const figures = await drive(load);
      const told = await calls.stop();
      hangs = false;
      if (figures.errors > 0) throw new Error(`${figures.errors} exchanges failed`);
      console.log(hanging ? 'hanging:' : 'answering:', figures, told);
      pair.push(figures);
      while (!(await fetch(household, { method: 'POST', headers, body: turns[0] ?? '' })).ok) await sleep(1000);
    }
    pairs.push(pair as [Figures, Figures]);
  }
  for (const figure of ['p50_ms', 'p99_ms', 'rate'] as const) {
    const [answering, hanging, ratio] = [
      middle(pairs.map(([one]) => one[figure])),
      middle(pairs.map(([, other]) => other[figure])),
      middle(pairs.map(([one, other]) => other[figure] / one[figure])),
    ].map(number => number.toPrecision(3));
    console.log(
      `${figure}: ${answering} while it answers, ${hanging} while it hangs; median of the pairs' ratios ${ratio}`,
    );
  }
} finally {
  for (const { child } of children.toReversed()) await stop(child);
  way.close();
  rmSync(data, { recursive: true, force: true });
}

async function startGateway() {
  const upstream = JSON.parse(await start([program('upstream')], {}, /^\{/)) as Record<string, string>;
  systemPort = Number(new URL(upstream.SANDBOX_PUBLIC_SECURITY_URL ?? '').port);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    ...upstream,
    SANDBOX_PUBLIC_SECURITY_URL: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    ...{ PORT: String(port), STILE_URL: url, LOG_LEVEL: 'fatal', STILE_DATA: join(data, 'stile') },
  };
  mkdirSync(environment.STILE_DATA, { mode: 0o755 });
  await start([...inImage, stile, 'start'], environment, /127\.0\.0\.1/);
  await runStile(['agreements', 'import', join(root, 'test', 'bench', 'agreements.yaml')], environment);
  const token = (await runStile(['token', 'housing/permits'], environment)).trim();
  return { url, token, service: '/exchange/civil-affairs/marriage-status/v1' };
}

/** Callers that each ask about once a second, or when they are told to. */
function callAlong(url: string, headers: Readonly<Record<string, string>>, body: string) {
  const told: Record<string, number> = {};
  const { signal, abort } = abortable();
  const call = async (): Promise<void> => {
    for (let pause = Math.random(); ; ) {
      await sleep(pause * 1000, undefined, { signal });
      const answer = await fetch(url, { method: 'POST', headers, body, signal });
      const { code = 'released' } = (await answer.json()) as { code?: string };
      told[code] = (told[code] ?? 0) + 1;
      pause = Number(answer.headers.get('retry-after') ?? 0.5) + Math.random();
    }
  };
  const all = Array.from({ length: callers }, () => call().catch(() => undefined));
  return {
    async stop() {
      abort();
      await Promise.all(all);
      return told;
    },
  };
}

function abortable() {
  const controller = new AbortController();
  // One for each caller, and those of what it waits for.
  setMaxListeners(0, controller.signal);
  return { signal: controller.signal, abort: () => controller.abort() };
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
