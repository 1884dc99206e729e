#!/usr/bin/env node
/**
 * `tap` without coverage, and without what it loads for that into every process that tests start: on Node.js 20 this sends each import
 * through another thread and reads each source map, and takes as long again as loading the gateway.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const tap = fileURLToPath(new URL('../node_modules/tap/dist/esm/run.mjs', import.meta.url));
const { NODE_OPTIONS: options = '' } = process.env;
const env = { ...process.env, NODE_OPTIONS: `${options} --import=${new URL('no-hooks.js', import.meta.url)}` };
const words = [tap, '--disable-coverage', ...process.argv.slice(2)];
const child = spawn(process.execPath, words, { env, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', code => process.exit(code ?? 1));
