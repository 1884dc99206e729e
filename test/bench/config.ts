/**
 * `npm run bench:config`: what a province's config costs beside the sandbox's: check, load, reload, memory, and an exchange's latency,
 * also while a changed file is taken up.
 *
 * Times are this machine's on this day, and processor time is told beside them; what counts of exchanges and memory is the ratio.
 */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { root } from '../../src/root.js';
import { populate } from '../../src/sandbox/population.js';
import { freePort } from '../faults/gateway-process.js';
import { makeLargeConfig } from './large-config.js';
import { drive, type Figures, type Load } from './load.js';
import { inImage, program, runStile, type Started, startProgram, stile, stop } from './programs.js';

const { values } = parseArgs({
  options: {
    departments: { type: 'string', default: '1000' },
    services: { type: 'string', default: '20' },
    agreements: { type: 'string', default: '50000' },
    seconds: { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    'no-gateway': { type: 'boolean', default: false },
  },
});
const [departments, services, agreements, seconds, rounds] = [
  values.departments,
  values.services,
  values.agreements,
  values.seconds,
  values.rounds,
].map(Number) as [number, number, number, number, number];

const data = mkdtempSync(join(tmpdir(), 'stile-bench-'));
// The database runs as another user when this is root, and keeps its files here if it may enter.
chmodSync(data, 0o755);
const children: Started[] = [];

try {
  const upstream = await start([program('upstream')], {}, /^\{/);
  const variables = JSON.parse(upstream.line) as Record<string, string>;
  const gateways: Gateway[] = [];
  for (const [name, size] of [
    ['sandbox', { departments: 0, services: 0, agreements: 0 }],
    ['large', { departments, services, agreements }],
  ] as const) {
    const folder = join(data, name);
    makeLargeConfig(folder, size);
    const environment = { ...variables, STILE_URL: 'http://127.0.0.1:8080' };
    const begun = performance.now();
    await runStile(['check', folder], environment);
    console.log(name, { check: secondsOf(performance.now() - begun) });
    const load = await start(['--expose-gc', program('config-load'), folder], environment, /^\{/);
    console.log(name, JSON.parse(load.line));
    if (!values['no-gateway']) gateways.push(await startGateway(name, folder, variables));
  }
  for (const gateway of gateways) await reloadUnderLoad(gateway);
  if (gateways.length === 2) await compare(gateways as [Gateway, Gateway]);
} finally {
  for (const { child } of children.toReversed()) await stop(child);
  rmSync(data, { recursive: true, force: true });
}

function secondsOf(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

interface Gateway {
  readonly name: string;
  /** With a token of its own, which lives for five minutes. */
  load(): Promise<Omit<Load, 'connections' | 'seconds'>>;
  /** Resident memory, megabytes. */
  memory(): number;
  /** Changes a department's file, and waits until that is in force. */
  reload(): Promise<void>;
}

async function start(...started: Parameters<typeof startProgram>): Promise<Started> {
  const child = await startProgram(...started);
  children.push(child);
  return child;
}

async function startGateway(name: string, folder: string, variables: Record<string, string>): Promise<Gateway> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    ...variables,
    ...{ PORT: String(port), STILE_URL: url, LOG_LEVEL: 'fatal', STILE_DATA: join(data, `${name}-data`) },
    ...{ STILE_CONFIG: join(folder, 'config'), STILE_SCHEMAS: join(folder, 'schemas') },
  };
  mkdirSync(environment.STILE_DATA, { mode: 0o755 });
  // A sandbox imports what lies there by itself, in one go, which is not meant for so many.
  const made = join(folder, 'agreements');
  renameSync(join(folder, 'config', 'agreements'), made);
  mkdirSync(join(folder, 'config', 'agreements'));
  const begun = performance.now();
  const { child } = await start([...inImage, stile, 'start'], environment, /127\.0\.0\.1/);
  const started = performance.now();
  await runStile(['agreements', 'import', join(root, 'test', 'bench', 'agreements.yaml')], environment);
  let officer = '';
  for (const [at, file] of readdirSync(made)
    .filter(name => name.startsWith('made-'))
    .entries()) {
    // A token lives for five minutes.
    if (at % 50 === 0) officer = (await runStile(['token', '--staff', 'officer'], environment)).trim();
    const body = JSON.stringify(parse(readFileSync(join(made, file), 'utf8')));
    const headers = { authorization: `Bearer ${officer}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/operate/agreements`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`${file}: ${answer.status} ${await answer.text()}`);
  }
  const imported = performance.now();
  console.log(name, { start: secondsOf(started - begun), import: secondsOf(imported - started) });
  return {
    name,
    load: async () => ({
      url: `${url}/exchange/civil-affairs/marriage-status/v1`,
      method: 'POST',
      headers: {
        Authorization: `Bearer ${(await runStile(['token', 'housing/permits'], environment)).trim()}`,
        'Content-Type': 'application/json',
        'Stile-Purpose': 'public-rental-housing',
      },
      turns: [...populate().residents.values()]
        .flatMap(({ residentId, marriage }) => (marriage ? [JSON.stringify({ residentId })] : []))
        .slice(0, 500),
    }),
    async reload() {
      const registry = async () =>
        /^stile_config_info\{registry="(\w+)"/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
      const before = await registry();
      appendFileSync(join(folder, 'config', 'departments', 'housing.yaml'), '# changed\n');
      child.kill('SIGHUP');
      while ((await registry()) === before) await setTimeout(20);
    },
    memory: () => {
      const [, kilobytes = 'NaN'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      return Math.round(Number(kilobytes) / 1024);
    },
  };
}

async function reloadUnderLoad({ name, load, reload }: Gateway): Promise<void> {
  const driving = drive({ ...(await load()), connections: 8, seconds: 12 });
  await setTimeout(3000);
  const begun = performance.now();
  await reload();
  const reloaded = secondsOf(performance.now() - begun);
  const { errors, p50_ms, p99_ms } = await driving;
  console.log(name, { reloaded, failed: errors, p50_ms, p99_ms });
}

/** In turn, so that a machine whose speed drifts does not tilt the ratio. */
async function compare([sandbox, large]: readonly [Gateway, Gateway]): Promise<void> {
  for (const connections of [1, 32]) {
    const pairs: (readonly [Figures, Figures])[] = [];
    const loads = [await sandbox.load(), await large.load()] as const;
    for (const load of loads) await drive({ ...load, connections, seconds: 3 });
    for (let round = 0; round < rounds; round++) {
      const one = await drive({ ...loads[0], connections, seconds });
      const other = await drive({ ...loads[1], connections, seconds });
      if (one.errors + other.errors > 0) throw new Error(`${one.errors} and ${other.errors} exchanges failed`);
      pairs.push([one, other]);
    }
    for (const figure of ['p50_ms', 'p99_ms', 'rate'] as const) {
      const [small, big, ratio] = [
        middle(pairs.map(([one]) => one[figure])),
        middle(pairs.map(([, other]) => other[figure])),
        middle(pairs.map(([one, other]) => other[figure] / one[figure])),
      ].map(number => number.toPrecision(3));
      console.log(
        `${connections} connections, ${figure}: ${small} sandbox, ${big} large; median of the ratios ${ratio}`,
      );
    }
  }
  const [small, big] = [sandbox.memory(), large.memory()];
  console.log(`resident memory: ${small} MB sandbox, ${big} MB large; ratio ${(big / small).toFixed(2)}`);
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
