/** Loaded first into each process of a run with coverage: notes which lines of the gateway's own core the process runs. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { isMainThread } from 'node:worker_threads';

const noted = new URL('../build/lines/', import.meta.url);
const core = ['exchange', 'ledger', 'registry'].map(folder => new URL(`../build/src/${folder}/`, import.meta.url).href);

if (isMainThread) {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  // Whether, and not how often: counting keeps the code from being optimised.
  session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  process.on('exit', () => {
    session.post('Profiler.takePreciseCoverage', (_, { result }) => {
      const own = result.filter(({ url }) => core.some(folder => url.startsWith(folder)));
      if (own.length > 0) writeFileSync(new URL(`${randomUUID()}.json`, noted), JSON.stringify(own));
    });
  });
}
