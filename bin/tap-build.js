#!/usr/bin/env node
/**
 * What `npm test` does first: builds tap without its TypeScript plugin, which does not work with TypeScript 7, unless
 * that was done already. tap keeps what it builds in node_modules, so it is done once an installation.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = readFileSync(`${root}node_modules/@tapjs/test/test-built/dist/esm/index.js`, 'utf8');

if (built.includes('@tapjs/typescript') || !existsSync(`${root}.tap/plugins`)) {
  const tap = `${root}node_modules/tap/dist/esm/run.mjs`;
  const { status } = spawnSync(process.execPath, [tap, 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}
