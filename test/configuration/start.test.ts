/** Config that changed while no gateway ran: the start that takes it up is a change on record, before the gateway is ready. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { until } from '../until.js';
import { configEntries, forgetConfigs, refuseConfigEntries } from './config-entries.js';
import { type ConfigGateway, editFile, openConfigGateway } from './config-gateway.js';

const department = 'config/departments/civil-affairs.yaml';
const retitle = (text: string) => text.replace('en: Marriage status', 'en: Marital status');

/** Stops the gateway, and starts another in its place. */
async function restart(t: Test, before: ConfigGateway): Promise<ConfigGateway> {
  await before.close();
  return openConfigGateway(t, { beside: before, folder: before.folder });
}

t.test('the first start of all is entered as coming from nothing', async t => {
  const gateway = await openConfigGateway(t);
  const { registry, change } = await gateway.config();
  const [entry, ...more] = await configEntries(gateway);
  t.same(more, []);
  t.match(entry, { action: 'started', way: 'start', registry });
  t.notOk('former' in (entry ?? {}));
  t.notOk('staff' in (entry ?? {}), 'who started it, nobody has told');
  // As config/ has them.
  t.same(entry?.changes, {
    purpose: { gains: 4 },
    department: { gains: 7 },
    client: { gains: 3 },
    adapter: { gains: 6 },
    service: { gains: 7 },
  });
  t.match(change, { way: 'start', registry });
  t.match(await gateway.entry(change?.record ?? null), { kind: 'config', id: entry?.id });
});

t.test('a restart with the same files is no change, whatever the last one was', async t => {
  const first = await openConfigGateway(t);
  const { registry } = await first.config();
  await first.edit(department, retitle);
  const { change } = await first.changedFrom(registry);
  const second = await restart(t, first);
  t.same((await second.config()).change, change, 'it tells by which change this is in force');
  t.equal((await configEntries(second)).length, 2);
});

t.test('a restart with changed files is entered, with what it comes to', async t => {
  const first = await openConfigGateway(t);
  const { registry: former } = await first.config();
  await first.close();
  await editFile(join(first.folder, department), text =>
    retitle(text).replace('certificateNumber: { from: data.zsbh, optional: true }\n', '\n'),
  );
  const second = await openConfigGateway(t, { beside: first, folder: first.folder });
  const { registry } = await second.config();
  t.not(registry, former);
  const entries = await configEntries(second);
  t.equal(entries.length, 2);
  t.match(entries[1], { action: 'started', way: 'start', former, registry });
  // Its own and the one of the service that it is a part of.
  t.same(entries[1]?.changes, { service: { changes: 2 }, agreement: { loses: 2 }, consumer: { loses: 1 } });
});

t.test('what it comes to is left out where the former config is not kept any more', async t => {
  const first = await openConfigGateway(t);
  const { registry: former } = await first.config();
  await first.close();
  await forgetConfigs(first);
  await editFile(join(first.folder, department), retitle);
  const second = await openConfigGateway(t, { beside: first, folder: first.folder });
  const [, entry] = await configEntries(second);
  t.match(entry, { action: 'started', former });
  t.notOk('changes' in (entry ?? {}));
});

t.test('of replicas that start with the same files, one enters them', async t => {
  const first = await openConfigGateway(t);
  const second = await openConfigGateway(t, { beside: first, folder: first.folder });
  t.equal((await configEntries(second)).length, 1);
  t.same((await second.config()).change, (await first.config()).change);
});

t.test('a gateway is not ready until its start is on record', async t => {
  const first = await openConfigGateway(t);
  await first.close();
  await editFile(join(first.folder, department), retitle);
  const { allow } = await refuseConfigEntries(t, first.database);
  const second = await openConfigGateway(t, { beside: first, folder: first.folder });
  t.match(await second.call('/health/ready'), { status: 503, body: { reason: 'config' } });
  t.notOk((await second.config()).change);
  await allow();
  await until(async () => (await second.call('/health/ready')).status === 200);
  const entries = await configEntries(second);
  t.equal(entries.length, 2);
  t.equal(entries[1]?.registry, (await second.config()).registry);
});
