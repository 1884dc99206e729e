/** `npm run coverage` ends here: how many lines of the gateway's own core the suite ran, and failure below the bound. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../src/root.js';
import { type Compiled, type FunctionRun, linesRun } from './lines-run.js';

const folders = ['src/exchange', 'src/ledger', 'src/registry'] as const;
/** Per cent of lines. */
const bound = 95;

/** A file as one process ran it, as V8 tells it. */
interface FileRun {
  readonly url: string;
  readonly functions: readonly FunctionRun[];
}

const noted = join(root, 'build', 'lines');
/** Lines that any process ran, by file. */
const ran = new Map<string, Set<number>>();
for (const name of readdirSync(noted)) {
  const files: readonly FileRun[] = JSON.parse(readFileSync(join(noted, name), 'utf8'));
  for (const { url, functions } of files) {
    const file = relative(join(root, 'build'), fileURLToPath(url)).replace(/\.js$/, '.ts');
    const lines = ran.get(file) ?? new Set();
    for (const line of linesRun(compiled(file), functions)) lines.add(line);
    ran.set(file, lines);
  }
}

let failed = false;
for (const folder of folders) {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map(name => join(folder, name));
  let lines = 0;
  let run = 0;
  for (const file of files) {
    const all = linesRun(compiled(file), []).size;
    const some = ran.get(file)?.size ?? 0;
    lines += all;
    run += some;
    if (some / all < bound / 100) console.log(`  ${file}: ${some} of ${all} lines`);
  }
  const share = (100 * run) / lines;
  console.log(`${folder}: ${share.toFixed(1)} % of ${lines} lines`);
  if (share < bound) failed = true;
}
if (failed) {
  console.error(`under ${bound} % of lines`);
  process.exitCode = 1;
}

function compiled(file: string): Compiled {
  const path = join(root, 'build', file.replace(/\.ts$/, '.js'));
  return { text: readFileSync(path, 'utf8'), map: JSON.parse(readFileSync(`${path}.map`, 'utf8')) };
}
