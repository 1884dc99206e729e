/** Files that were rolled back from: neither a restart nor the gateway by itself brings them in force again, until they change or somebody asks for them. */
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { OperatorError } from '../../src/operator-error.js';
import type { GatewayOptions } from '../gateway.js';
import { configEntries, forgetConfigs } from './config-entries.js';
import { type ConfigGateway, editFile, openConfigGateway } from './config-gateway.js';

const department = 'config/departments/civil-affairs.yaml';
const worse = (text: string) => text.replace('en: Marriage status', 'en: Nobody wants this');
const mended = (text: string) => text.replace('en: Nobody wants this', 'en: Marital status');

async function operate(gateway: ConfigGateway, action: 'apply' | 'rollback', body: object) {
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/operator')}`,
    'content-type': 'application/json',
  };
  const answer = await gateway.call(`/operate/config/${action}`, { method: 'POST', headers, body });
  if (answer.status !== 200) throw new Error(answer.text);
  return gateway.config();
}

/** A gateway whose config was changed, and rolled back. */
async function openRolledBack(t: Test) {
  const gateway = await openConfigGateway(t);
  const { registry: good } = await gateway.config();
  await gateway.edit(department, worse);
  const { registry: bad } = await gateway.changedFrom(good);
  const { change } = await operate(gateway, 'rollback', { running: bad });
  return { gateway, good, bad, record: change?.record };
}

async function restart(t: Test, before: ConfigGateway, options: GatewayOptions = {}): Promise<ConfigGateway> {
  await before.close();
  return openConfigGateway(t, { ...options, beside: before, folder: before.folder });
}

t.test('a restart serves what the rollback put in force, and says so wherever somebody looks', async t => {
  const { gateway, good, bad, record } = await openRolledBack(t);
  const heldBack = { files: bad, record, staff: { id: 'staff/operator', role: 'operator' } };
  t.match(await gateway.config(), { registry: good, due: true, heldBack });
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const second = await restart(t, gateway, { logger: pino({ level: 'warn' }, log) });
  t.match(await second.config(), { registry: good, due: true, heldBack, change: { way: 'api', former: bad, record } });
  t.match(second.heldBack, heldBack);
  t.match(
    lines.find(({ files }) => files === bad),
    { level: 40, msg: /^these config files were rolled back from/, registry: good, record },
  );
  t.match((await second.call('/metrics')).text, /^stile_config_due 1$/m);
  t.equal((await configEntries(second)).length, 3, 'nothing has changed by the restart');

  const third = await restart(t, second);
  t.match(await third.config(), { registry: good, heldBack });
});

t.test('who rolls back again goes further back, and never to what was rolled back from', async t => {
  const gateway = await openConfigGateway(t);
  const { registry: first } = await gateway.config();
  await gateway.edit(department, text => text.replace('en: Marriage status', 'en: Marital status'));
  const { registry: second } = await gateway.changedFrom(first);
  await gateway.edit(department, text => text.replace('en: Marital status', 'en: Nobody wants this'));
  const { registry: third } = await gateway.changedFrom(second);
  t.equal((await operate(gateway, 'rollback', { running: third })).registry, second);
  t.equal((await operate(gateway, 'rollback', { running: second })).registry, first);
  await t.rejects(operate(gateway, 'rollback', { running: first }), /STILE_CONFIG_NOT_KEPT/);
  t.equal((await gateway.config()).registry, first);
});

t.test('another replica that starts with the same files serves it too', async t => {
  const { gateway, good } = await openRolledBack(t);
  const other = await openConfigGateway(t, { beside: gateway, folder: gateway.folder });
  t.equal((await other.config()).registry, good);
});

t.test('replicas that have it in force too follow by themselves, and not back again', async t => {
  const gateway = await openConfigGateway(t);
  const other = await openConfigGateway(t, { beside: gateway, folder: gateway.folder });
  const { registry: good } = await gateway.config();
  await gateway.edit(department, worse);
  const { registry: bad } = await gateway.changedFrom(good);
  await other.changedFrom(good);
  const { change } = await operate(gateway, 'rollback', { running: bad });
  const heldBack = { files: bad, record: change?.record, staff: { id: 'staff/operator' } };
  t.match(await other.changedFrom(bad), {
    registry: good,
    due: true,
    heldBack,
    change: { way: 'replica', former: bad },
  });
  const entry = (await configEntries(other)).at(-1);
  t.match(entry, {
    action: 'followed',
    way: 'replica',
    former: bad,
    registry: good,
    changes: { service: { changes: 1 } },
  });
  t.notOk('staff' in (entry ?? {}));

  await operate(gateway, 'apply', { running: good, next: bad });
  t.equal((await gateway.config()).registry, bad);
  t.equal((await other.config()).registry, good);
});

t.test('files that are written again as they were are not taken up by themselves', async t => {
  const { gateway, good, bad } = await openRolledBack(t);
  t.equal(await gateway.reload({ way: 'files' }), 'unchanged');
  t.match(await gateway.config(), { registry: good, due: true, heldBack: { files: bad }, refused: null });
});

t.test('mended files are taken up by themselves, at a restart as well', async t => {
  const { gateway, good, bad } = await openRolledBack(t);
  await gateway.edit(department, mended);
  const status = await gateway.changedFrom(good);
  t.not(status.registry, bad);
  t.match(status, { due: false, heldBack: null, change: { way: 'files', former: good } });

  const other = await openRolledBack(t);
  await other.gateway.close();
  await editFile(join(other.gateway.folder, department), mended);
  const second = await openConfigGateway(t, { beside: other.gateway, folder: other.gateway.folder });
  t.match(await second.config(), { due: false, heldBack: null, change: { way: 'start', former: other.good } });
});

t.test('whoever asks for them by name or signal has them, and they are held back no longer', async t => {
  const { gateway, good, bad } = await openRolledBack(t);
  t.match(await operate(gateway, 'apply', { running: good, next: bad }), { registry: bad, heldBack: null });
  const second = await restart(t, gateway);
  t.match(await second.config(), { registry: bad, due: false, heldBack: null });

  const other = await openRolledBack(t);
  t.equal(await other.gateway.reload({ way: 'signal' }), 'changed');
  const third = await restart(t, other.gateway);
  t.match(await third.config(), { registry: other.bad, heldBack: null });
});

t.test('where they come back after they were mended, what was in force last is served', async t => {
  const { gateway, good, bad } = await openRolledBack(t);
  await gateway.edit(department, mended);
  const { registry } = await gateway.changedFrom(good);
  await gateway.close();
  await editFile(join(gateway.folder, department), text => text.replace('Marital status', 'Nobody wants this'));
  const second = await openConfigGateway(t, { beside: gateway, folder: gateway.folder });
  t.match(await second.config(), { registry, heldBack: { files: bad } });
});

t.test('where what was in force is not kept, nothing is served until the files change', async t => {
  const { gateway } = await openRolledBack(t);
  await gateway.close();
  await forgetConfigs(gateway);
  const again = () => openConfigGateway(t, { beside: gateway, folder: gateway.folder });
  await t.rejects(again(), OperatorError);
  await editFile(join(gateway.folder, department), text => `${text}\n# looked at\n`);
  t.match(await (await again()).config(), { heldBack: null, change: { way: 'start' } });
});
