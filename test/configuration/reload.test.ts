/** Config that changes while the gateway runs: recorded first and then in force whole. */
import { cp, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { until } from '../until.js';
import { copyConfig, editFile, openConfigGateway } from './config-gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
const department = 'config/departments/civil-affairs.yaml';
const retitle = (text: string) => text.replace('en: Marriage status', 'en: Marital status');

t.test('a file that was changed is taken up, with an entry that says so', async t => {
  const gateway = await openConfigGateway(t);
  const titleOf = async () =>
    JSON.parse((await gateway.call('/openapi.json')).text).paths[`/exchange/${marriage}`].post.summary;
  const { registry } = await gateway.config();
  t.equal(await titleOf(), 'Marriage status');
  await gateway.edit(department, retitle);
  const { registry: next, change, refused } = await gateway.changedFrom(registry);
  t.equal(refused, null);
  t.match(change, { way: 'files', former: registry });
  t.equal(await titleOf(), 'Marital status');

  const answer = await gateway.exchange(marriage, { residentId });
  t.equal(answer.status, 200, 'a better title makes no agreement wait');
  t.match(await gateway.entry(answer.record), { registry: next });
  const entry = await gateway.entry(change?.record ?? null);
  t.match(entry, {
    kind: 'config',
    action: 'reloaded',
    way: 'files',
    former: registry,
    registry: next,
    changes: { service: { changes: 1 } },
  });
  t.notOk('staff' in entry);
  const { text } = await gateway.call('/metrics');
  t.match(text, `stile_config_info{registry="${next}"} 1`);
  t.match(text, 'stile_config_reloads_total{outcome="changed"} 1');
  t.match(text, 'stile_config_refused 0');
});

t.test('an agreement whose mapping moved waits for its provider, and goes on after its consent', async t => {
  const gateway = await openConfigGateway(t);
  const { registry } = await gateway.config();
  const form = 'certificateNumber: { from: data.zsbh, optional: true }';
  await gateway.edit(department, text => text.replace(`${form}\n`, '\n'));
  const { change } = await gateway.changedFrom(registry);
  t.match(await gateway.entry(change?.record ?? null), {
    changes: { service: { changes: 2 }, agreement: { loses: 2 }, consumer: { loses: 1 } },
  });
  t.match((await gateway.exchange(marriage, { residentId })).body, { code: 'STILE_AGREEMENT_WAITING' });
  const consented = await gateway.call('/operate/agreements/housing-marriage-status/consent', {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token('staff/officer')}`, 'content-type': 'application/json' },
    body: { why: 'the certificate is not asked for any more' },
  });
  t.equal(consented.status, 200);
  t.equal((await gateway.exchange(marriage, { residentId })).status, 200);
});

t.test('an exchange under way ends on the registry it began with, and its adapter stays open so long', async t => {
  const gateway = await openConfigGateway(t);
  const { registry } = await gateway.config();
  const { civilAffairs } = gateway.departments;
  await gateway.token('housing/permits');
  civilAffairs.misbehave({ kind: 'slow', milliseconds: 4000 });
  const answering = gateway.exchange(marriage, { residentId });
  await until(() => civilAffairs.asked().length === 1);
  // The adapter's own settings change, so that it is opened anew; the agreement waits from then on.
  await gateway.edit(department, text =>
    text.replace('kind: http\n    settings:', 'kind: http\n    settings:\n      connectTimeout: 4000'),
  );
  const { registry: next } = await gateway.changedFrom(registry);
  const late = await gateway.exchange(marriage, { residentId });
  t.match(late.body, { code: 'STILE_AGREEMENT_WAITING' });
  t.match(await gateway.entry(late.record), { registry: next });
  const answer = await answering;
  t.equal(answer.status, 200);
  t.match(await gateway.entry(answer.record), { registry });
});

t.test('a client that was taken out is refused at once, whatever token it has', async t => {
  const gateway = await openConfigGateway(t);
  const { registry } = await gateway.config();
  await gateway.token('housing/permits');
  await gateway.edit('config/departments/housing.yaml', text => text.replace(/^ {2}permits:$/m, '  licences:'));
  // It names the client.
  await rm(join(gateway.folder, 'config/agreements/sandbox.yaml'));
  await gateway.changedFrom(registry);
  t.match((await gateway.exchange(marriage, { residentId })).body, { code: 'STILE_CLIENT_UNKNOWN' });
});

t.test('folders that are links, swapped as Kubernetes does, are taken up', async t => {
  const folder = await copyConfig(t);
  const config = join(folder, 'config');
  const mounted = join(folder, 'mounted');
  await rename(config, mounted);
  await mkdir(config);
  await cp(mounted, join(config, '..1'), { recursive: true });
  await cp(mounted, join(config, '..2'), { recursive: true });
  await editFile(join(config, '..2', 'departments', 'civil-affairs.yaml'), retitle);
  await symlink('..1', join(config, '..data'));
  for (const name of await readdir(mounted)) {
    await symlink(join('..data', name), join(config, name));
  }
  await rm(mounted, { recursive: true });
  const gateway = await openConfigGateway(t, { folder });
  const { registry } = await gateway.config();
  await symlink('..2', join(config, '..data_tmp'));
  await rename(join(config, '..data_tmp'), join(config, '..data'));
  t.match(await gateway.changedFrom(registry), { refused: null, change: { way: 'files' } });
});

t.test('a secret that was renewed is taken up when it is asked for, though no file of config moved', async t => {
  const folder = await copyConfig(t);
  await writeFile(join(folder, 'key.txt'), 'wrong\n');
  await editFile(join(folder, department), text =>
    text.replace(`"\${env:SANDBOX_CIVIL_AFFAIRS_API_KEY}"`, `"\${file:../key.txt}"`),
  );
  const gateway = await openConfigGateway(t, { folder });
  t.match((await gateway.exchange(marriage, { residentId })).body, { code: 'STILE_DEPARTMENT_DENIED' });
  await editFile(join(folder, 'key.txt'), () => gateway.departments.variables.SANDBOX_CIVIL_AFFAIRS_API_KEY ?? '');
  t.equal(await gateway.reload({ way: 'signal' }), 'changed');
  t.equal((await gateway.exchange(marriage, { residentId })).status, 200);
  const { change, registry } = await gateway.config();
  t.equal(change?.former, registry);
  const entry = await gateway.entry(change?.record ?? null);
  t.match(entry, { way: 'signal', former: registry, registry, changes: { adapter: { changes: 1 } } });
  t.equal(await gateway.reload({ way: 'signal' }), 'unchanged');
});

t.test('a WSDL that config names is taken up as config is, and refused where a service does not fit it', async t => {
  const gateway = await openConfigGateway(t);
  const { registry } = await gateway.config();
  const wsdl = 'config/wsdl/insurance.wsdl';
  await gateway.edit(wsdl, text => `${text}<!-- reviewed -->\n`);
  const { registry: next, change } = await gateway.changedFrom(registry);
  t.match(await gateway.entry(change?.record ?? null), { way: 'files', former: registry, registry: next, changes: {} });
  await gateway.edit(wsdl, text => text.replaceAll('"queryInsurance"', '"queryPension"'));
  await until(async () => /^stile_config_refused 1$/m.test((await gateway.call('/metrics')).text));
  t.match(await gateway.config(), { registry: next, refused: { faults: [{ rule: 'adapter-setting' }] } });
});
