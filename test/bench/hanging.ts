/**
 * `npm run bench:hanging`: what a department that hangs costs the exchanges of another.
 *
 * In turn: nobody asks it, and it has taken as many questions as it may and answers none. What counts is the ratio within a round.
 */
import { setMaxListeners } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
    callers: { type: 'string', default: '100' },
  },
});
const [seconds, rounds, connections, callers] = [values.seconds, values.rounds, values.connections, values.callers].map(
  Number,
) as [number, number, number, number];

const phases = ['alone', 'hanging'] as const;
type Phase = (typeof phases)[number];
interface Measured extends Figures {
  /** The gateway's processor time for an exchange. */
  readonly processor_us: number;
}

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
  const { service, token, url, pid } = await startGateway();
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
  const found: Record<Phase, Measured>[] = [];
  for (let round = 0; round < rounds; round++) {
    const measured: Partial<Record<Phase, Measured>> = {};
    // By turns first, so that a machine whose speed drifts does not tilt the ratio.
    for (const phase of round % 2 === 0 ? phases : phases.toReversed()) {
      hangs = phase === 'hanging';
      const calls = callAlong(household, headers, turns[0] ?? '', hangs ? callers : 0);
      while (hangs && !(await isFull(url))) await sleep(50);
      const before = processorTime(pid);
      const figures = await drive(load);
      const processor_us = (processorTime(pid) - before) / (figures.rate * seconds);
      const told = await calls.stop();
      hangs = false;
      if (figures.errors > 0) throw new Error(`${figures.errors} exchanges failed`);
      measured[phase] = { ...figures, processor_us };
      console.log(phase, measured[phase], told);
      while (!(await fetch(household, { method: 'POST', headers, body: turns[0] ?? '' })).ok) await sleep(1000);
    }
    found.push(measured as Record<Phase, Measured>);
  }
  for (const figure of ['p50_ms', 'p99_ms', 'rate', 'processor_us'] as const) {
    const of = (phase: Phase) => middle(found.map(each => each[phase][figure])).toPrecision(3);
    const ratio = middle(found.map(each => each.hanging[figure] / each.alone[figure])).toPrecision(3);
    console.log(
      `${figure}: alone ${of('alone')}, beside one that hangs ${of('hanging')}; median of the rounds' ratios ${ratio}`,
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
  const pid = children.at(-1)?.child.pid ?? 0;
  return { url, token, pid, service: '/exchange/civil-affairs/marriage-status/v1' };
}

/** Whether the department has all the questions that it is asked at a time. */
async function isFull(url: string): Promise<boolean> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^stile_adapter_questions\{adapter="public-security\/[a-z]+"\} 64$/m.test(text);
}

/** Microseconds of all its threads (proc_pid_stat(5), in ticks of 10 ms); zero where there is no such file. */
function processorTime(pid: number): number {
  const file = `/proc/${pid}/stat`;
  const fields = existsSync(file)
    ? readFileSync(file, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
    : [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10_000;
}

/** Callers that each ask about once a second, or when they are told to. */
function callAlong(url: string, headers: Readonly<Record<string, string>>, body: string, callers: number) {
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
