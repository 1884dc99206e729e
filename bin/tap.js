#!/usr/bin/env node
/**
 * `tap` without coverage, and without what it loads for that into every process that tests start: on Node.js 20 this sends each import
 * through another thread and reads each source map, and takes as long again as loading the gateway. With `--lines` the processes note
 * which lines of the core they run, for test/coverage.ts.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const tap = fileURLToPath(new URL('../node_modules/tap/dist/esm/run.mjs', import.meta.url));
const noted = new URL('../build/lines/', import.meta.url);
const given = process.argv.slice(2);
const words = given.filter(word => word !== '--lines');
const lines = words.length < given.length;
if (lines) {
  rmSync(noted, { recursive: true, force: true });
  mkdirSync(noted, { recursive: true });
}
const first = ['no-hooks.js', ...(lines ? ['note-lines.js'] : [])].map(
  name => `--import=${new URL(name, import.meta.url)}`,
);
const { NODE_OPTIONS: options = '' } = process.env;
const env = { ...process.env, NODE_OPTIONS: [options, ...first].join(' ') };
const child = spawn(process.execPath, [tap, '--disable-coverage', ...words], { env, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', code => process.exit(code ?? 1));
