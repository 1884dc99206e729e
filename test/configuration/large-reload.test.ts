/** A large config that changes is read in slices: exchanges are answered between them, and none fails. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { inSlices } from '../../src/registry/slices.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { makeLargeConfig } from '../bench/large-config.js';
import { copyConfig, editFile, openConfigGateway } from './config-gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
/** Every made contract refers to it, so that each of them is compiled anew. */
const vocabulary = 'schemas/vocabulary/personal-name.json';
const retitle = (text: string) => text.replace('"en": "', '"en": "The ');

t.test('what waits for the thread has its turn between two slices', async t => {
  const order: string[] = [];
  const waiting = setImmediate().then(() => order.push('another'));
  await inSlices(['one', 'two', 'three'], item => {
    const begun = performance.now();
    while (performance.now() - begun < 20);
    order.push(item);
  });
  await waiting;
  t.same(order, ['one', 'another', 'two', 'three']);
});

t.test('exchanges begun while a large config is read again are answered before it is in force', async t => {
  const folder = await copyConfig(t);
  makeLargeConfig(folder, { departments: 40, services: 10, agreements: 1000 });
  // Read again when the test says so, and not by itself besides.
  appendFileSync(join(folder, 'config', 'stile.yaml'), '\nreload: manual\n');
  const gateway = await openConfigGateway(t, { folder });
  const { registry } = await gateway.config();
  await gateway.token('housing/permits');
  await editFile(join(folder, vocabulary), retitle);
  let isDone = false;
  const reloading = gateway.reload({ way: 'signal' }).finally(() => {
    isDone = true;
  });
  const answers = [];
  while (!isDone) answers.push(await gateway.exchange(marriage, { residentId }));
  t.equal(await reloading, 'changed');
  const registries = await Promise.all(answers.map(async ({ record }) => (await gateway.entry(record)).registry));
  t.same([...new Set(answers.map(({ status }) => status))], [200]);
  t.equal(registries[0], registry, 'the first was decided by the config before');
  t.ok(answers.length > 1, 'and was answered while the next was read');
});
