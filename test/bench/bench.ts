/**
 * `npm run bench`: Stile against a bare proxy, in turn, before the same upstream, in one run.
 *
 * Prints a table and writes bench.json. What counts is the ratio: rates are this machine's on this day.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../src/root.js';
import { drive, type Figures, hasWrk } from './load.js';
import { startSystems } from './systems.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '8' }, rounds: { type: 'string', default: '3' } },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const loads = [1, 32, 128] as const;
const busiest = 128;

const systems = await startSystems();
const runs: Run[] = [];
const ratios: Record<string, number> = {};
/** Of Stile's rate to its rate without checkpoints. */
let signing = Number.NaN;
interface Run extends Omit<Figures, 'errors'> {
  readonly system: string;
  readonly connections: number;
}

try {
  console.log(`load by ${hasWrk ? 'wrk' : 'autocannon'}, ${rounds} rounds of ${seconds} s each, medians`);
  for (const { load } of [...systems.all, systems.unsigned]) await drive({ ...load, connections: 32, seconds: 3 });
  for (const connections of loads) {
    const found = new Map<string, Figures[]>();
    // What checkpoints cost shows where the machine is busy.
    const measured = connections === busiest ? [...systems.all, systems.unsigned] : systems.all;
    for (let round = 0; round < rounds; round++) {
      for (const { name, load } of measured) {
        const figures = await drive({ ...load, connections, seconds });
        if (figures.errors > 0) throw new Error(`${name} gave ${figures.errors} errors at ${connections} connections`);
        found.set(name, [...(found.get(name) ?? []), figures]);
      }
    }
    for (const [system, figures] of found) runs.push({ system, connections, ...median(figures) });
    const [proxy, stile, unsigned] = [...systems.all, systems.unsigned].map(({ name }) => found.get(name) ?? []);
    ratios[connections] = ratioOf(stile, proxy);
    if (connections === busiest) signing = ratioOf(stile, unsigned);
  }
} finally {
  await systems.close();
}

console.table(runs.map(run => ({ ...run, rate: Math.round(run.rate) })));
console.log('ratio of Stile to the bare proxy:', ratios);
console.log('ratio of Stile to itself without checkpoints:', signing);
writeFileSync(join(root, 'bench.json'), `${JSON.stringify({ runs, ratios }, null, 2)}\n`);

/** Pair by pair, so that a machine whose speed drifts does not tilt the ratio. */
function ratioOf(ones: readonly Figures[] = [], others: readonly Figures[] = []): number {
  return round2(middle(ones.map((figures, at) => figures.rate / (others[at]?.rate ?? Number.NaN))));
}

function median(figures: readonly Figures[]): Omit<Figures, 'errors'> {
  const of = (key: 'rate' | 'p50_ms' | 'p99_ms') => round2(middle(figures.map(each => each[key])));
  return { rate: of('rate'), p50_ms: of('p50_ms'), p99_ms: of('p99_ms') };
}

function middle(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round2(number: number): number {
  return Math.round(number * 100) / 100;
}
