/** The systems that the benchmark compares, each in a process of its own, before one upstream. */
import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../src/root.js';
import { populate } from '../../src/sandbox/population.js';
import { freePort } from '../faults/gateway-process.js';
import type { Load } from './load.js';
import { inImage, program, runStile, type Started, startProgram, stile, stop } from './programs.js';

export interface System {
  readonly name: string;
  readonly load: Omit<Load, 'connections' | 'seconds'>;
}

export interface Systems {
  /** The bare proxy first, then Stile. */
  readonly all: readonly [System, System];
  /** Stile as it is but for its checkpoints, which it does not sign while it is measured. */
  readonly unsigned: System;
  close(): Promise<void>;
}

/** How many different people are asked about. */
const turns = 500;
const service = 'civil-affairs/marriage-status/v1';

export async function startSystems(): Promise<Systems> {
  const data = mkdtempSync(join(tmpdir(), 'stile-bench-'));
  // The database runs as another user when this is root, and keeps its files here if it may enter.
  chmodSync(data, 0o755);
  const children: Started[] = [];
  const start = async (
    file: string,
    parameters: string[],
    environment: Record<string, string>,
    ready: RegExp,
    options: readonly string[] = [],
  ) => {
    const started = await startProgram([...options, file, ...parameters], environment, ready);
    children.push(started);
    return started.line;
  };
  const upstream = JSON.parse(await start(program('upstream'), [], {}, /^\{/)) as Record<string, string>;
  const { SANDBOX_CIVIL_AFFAIRS_URL: address = '', SANDBOX_CIVIL_AFFAIRS_API_KEY: key = '' } = upstream;
  const proxy = await start(program('proxy'), [], { UPSTREAM: address }, /^http/);
  // The register answers 404 for who never married, which the proxy would pass on and count as an error.
  const residents = [...populate().residents.values()].flatMap(({ residentId, marriage }) =>
    marriage ? [residentId] : [],
  );
  const startStile = async (name: string, folder: string, more: Record<string, string> = {}): Promise<System> => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const variables = { ...upstream, PORT: String(port), STILE_URL: url, LOG_LEVEL: 'error', ...more };
    const environment = { ...variables, STILE_DATA: join(data, folder) };
    mkdirSync(environment.STILE_DATA, { mode: 0o755 });
    await start(stile, ['start'], environment, /127\.0\.0\.1/, inImage);
    await runStile(['agreements', 'import', join(root, 'test', 'bench', 'agreements.yaml')], environment);
    const token = (await runStile(['token', 'housing/permits'], environment)).trim();
    return {
      name,
      load: {
        url: `${url}/exchange/${service}`,
        method: 'POST',
        headers: {
          Authorization: `Bearer ${token}`,
          'Content-Type': 'application/json',
          'Stile-Purpose': 'public-rental-housing',
        },
        turns: residents.slice(0, turns).map(residentId => JSON.stringify({ residentId })),
      },
    };
  };
  return {
    all: [
      {
        name: 'proxy',
        load: {
          url: `${proxy}/api/marriages`,
          method: 'POST',
          headers: { 'X-Api-Key': key, 'Content-Type': 'application/json' },
          turns: residents.slice(0, turns).map(zjhm => JSON.stringify({ zjhm })),
        },
      },
      await startStile('stile', 'stile'),
    ],
    unsigned: await startStile('stile-without-checkpoints', 'unsigned', { STILE_CONFIG: unsignedConfig(data) }),
    async close() {
      for (const { child } of children.toReversed()) await stop(child);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The config as it is, but that nothing is signed within the hour. */
function unsignedConfig(folder: string): string {
  const config = join(folder, 'config');
  cpSync(join(root, 'config'), config, { recursive: true });
  // Its files name their schemas by relative paths.
  symlinkSync(join(root, 'schemas'), join(folder, 'schemas'));
  appendFileSync(join(config, 'stile.yaml'), '\nledger:\n  checkpointEvery: 3600000\n');
  return config;
}
