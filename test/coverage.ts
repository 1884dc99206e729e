/** `npm run coverage` ends here: how many lines of the gateway's own core the suite ran, and failure below the bound. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../src/root.js';

const folders = ['src/exchange', 'src/ledger', 'src/registry'] as const;
/** Per cent of lines. */
const bound = 95;

/** Of one file, in Istanbul's form: statements by number, with where they begin and how often they ran. */
interface FileCoverage {
  readonly statementMap: Readonly<Record<string, { readonly start: { readonly line: number } }>>;
  readonly s: Readonly<Record<string, number>>;
}

const report: Readonly<Record<string, FileCoverage>> = JSON.parse(
  readFileSync(join(root, '.tap', 'report', 'coverage-final.json'), 'utf8'),
);
const byFile = new Map(Object.entries(report).map(([file, coverage]) => [relative(root, file), coverage]));

let failed = false;
for (const folder of folders) {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map(name => join(folder, name));
  let lines = 0;
  let run = 0;
  for (const file of files) {
    const [ran, all] = linesOf(file);
    lines += all;
    run += ran;
    if (ran / all < bound / 100) console.log(`  ${file}: ${ran} of ${all} lines`);
  }
  const share = (100 * run) / lines;
  console.log(`${folder}: ${share.toFixed(1)} % of ${lines} lines`);
  if (share < bound) failed = true;
}
if (failed) {
  console.error(`under ${bound} % of lines`);
  process.exitCode = 1;
}

/** Lines that ran, and all that could. A file that no test loaded counts with all of its lines. */
function linesOf(file: string): [ran: number, all: number] {
  const coverage = byFile.get(file);
  if (coverage === undefined) {
    const all = readFileSync(join(root, file), 'utf8').split('\n').length;
    return isTypesOnly(file) ? [all, all] : [0, all];
  }
  const lines = new Map<number, boolean>();
  for (const [number, { start }] of Object.entries(coverage.statementMap)) {
    lines.set(start.line, (lines.get(start.line) ?? false) || (coverage.s[number] ?? 0) > 0);
  }
  return [[...lines.values()].filter(Boolean).length, lines.size];
}

/** A file of nothing but types is compiled to nothing, so there is nothing to run. */
function isTypesOnly(file: string): boolean {
  const compiled = readFileSync(join(root, 'build', file.replace(/\.ts$/, '.js')), 'utf8');
  return /^(?:\s|\/\*.*?\*\/|\/\/.*|export \{\};)*$/s.test(compiled);
}
