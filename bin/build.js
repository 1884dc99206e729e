#!/usr/bin/env node
/**
 * What `npm start` does first: `npm run build`, unless nothing has changed since the last time. Even with nothing to do the
 * compiler takes longer than all of the gateway's start.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Made by a build without errors, and given the time that build began: what changes meanwhile is built again. */
const stamp = `${root}build/.built`;
const sources = [
  'src',
  'adapters',
  'schemas',
  'test',
  'package.json',
  'tsconfig.json',
  'node_modules/.package-lock.json',
];

/** Milliseconds since 1970; folders count too, as a renamed or deleted file shows in nothing else. */
function lastChange(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const within = readdirSync(path).map(name => lastChange(`${path}/${name}`));
  return Math.max(found.mtimeMs, ...within);
}

const built = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (Math.max(...sources.map(source => lastChange(root + source))) >= built) {
  rmSync(stamp, { force: true });
  const begun = new Date();
  for (const step of ['node_modules/typescript/bin/tsc', 'build/schemas/compile.js']) {
    const { status } = spawnSync(process.execPath, [root + step], { cwd: root, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  writeFileSync(stamp, '');
  utimesSync(stamp, begun, begun);
}
