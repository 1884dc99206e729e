/** Loads a config in a process of its own, changes one department's file, and loads it again: prints what each cost as JSON. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadRegistry } from '../../src/registry/load.js';

const [, , folder = '.'] = process.argv;
const folders = {
  configFolder: join(folder, 'config'),
  schemasFolder: join(folder, 'schemas'),
  environment: process.env,
};

async function cost() {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const { registry, faults } = await loadRegistry(folders);
  const { user, system } = process.cpuUsage(cpu);
  if (registry === undefined) throw new Error(JSON.stringify(faults.slice(0, 3)));
  const seconds = { wall: (performance.now() - begun) / 1000, processor: (user + system) / 1e6 };
  return { seconds, services: registry.services.size, registry };
}

const first = await cost();
appendFileSync(join(folder, 'config', 'departments', 'housing.yaml'), '# changed\n');
const again = await cost();
globalThis.gc?.();
const heap = process.memoryUsage().heapUsed / 1e6;
if (again.registry.services.size !== first.services) throw new Error('services were lost');
console.log(JSON.stringify({ services: first.services, first: first.seconds, again: again.seconds, heap }));
