/** Config that changes while the ledger takes no entry of it: the one before serves on, everybody who looks is told, and the change is made once it can be recorded. */
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { loadRegistry } from '../../src/registry/load.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { configEntries, refuseConfigEntries } from '../configuration/config-entries.js';
import { type ConfigGateway, openConfigGateway } from '../configuration/config-gateway.js';
import type { GatewayOptions } from '../gateway.js';
import { until } from '../until.js';
import { type CutProxy, openCutProxy } from './cut-proxy.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
const department = 'config/departments/civil-affairs.yaml';
const retitle = (text: string) => text.replace('en: Marriage status', 'en: Marital status');

async function openLogged(t: Test, options: GatewayOptions = {}) {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { gateway: await openConfigGateway(t, { ...options, logger: pino({ level: 'error' }, log) }), lines };
}

const titleOf = async (gateway: ConfigGateway) =>
  JSON.parse((await gateway.call('/openapi.json')).text).paths[`/exchange/${marriage}`].post.summary;
const metrics = async (gateway: ConfigGateway) => (await gateway.call('/metrics')).text;
const isRefused = async (gateway: ConfigGateway) => /^stile_config_refused 1$/m.test(await metrics(gateway));
/** How often the files were read in vain. */
const failures = async (gateway: ConfigGateway) =>
  Number(/^stile_config_reloads_total\{outcome="failed"\} (\d+)$/m.exec(await metrics(gateway))?.[1]);

/** Exactly one entry beside that of the start, and what it says is in force. */
async function isMadeOnce(t: Test, gateway: ConfigGateway, former: string): Promise<void> {
  const { registry, change, refused } = await gateway.changedFrom(former);
  t.equal(refused, null);
  t.equal(await titleOf(gateway), 'Marital status');
  t.match(change, { way: 'files', former, registry });
  const [, ...entries] = await configEntries(gateway);
  t.equal(entries.length, 1);
  t.match(entries[0], { action: 'reloaded', former, registry });
  t.match(await metrics(gateway), /^stile_config_refused 0$/m);
  const answer = await gateway.exchange(marriage, { residentId });
  t.match(await gateway.entry(answer.record), { outcome: 'released', registry });
}

t.test('a store that refuses the entry', async t => {
  const { gateway, lines } = await openLogged(t);
  const { registry } = await gateway.config();
  const { allow } = await refuseConfigEntries(t, gateway.database);
  await gateway.edit(department, retitle);
  await until(() => isRefused(gateway));
  t.match(await gateway.config(), {
    registry,
    refused: { by: { way: 'files' }, faults: [{ rule: 'not-recorded' }] },
  });
  t.match(
    lines.find(({ rule }) => rule === 'not-recorded'),
    { level: 50, msg: 'changed config is refused: the change could not be recorded in the ledger' },
  );
  t.equal(await titleOf(gateway), 'Marriage status');
  const answer = await gateway.exchange(marriage, { residentId });
  t.equal(answer.status, 200);
  t.match(await gateway.entry(answer.record), { registry });
  const known = await failures(gateway);
  await until(async () => (await failures(gateway)) > known);
  t.equal((await configEntries(gateway)).length, 1, 'tried again, and not recorded');
  await allow();
  await isMadeOnce(t, gateway, registry);
});

t.test('an operator who applies a plan meanwhile is told to try again', async t => {
  const { gateway } = await openLogged(t);
  const { registry } = await gateway.config();
  const { allow } = await refuseConfigEntries(t, gateway.database);
  await gateway.edit(department, retitle);
  await until(() => isRefused(gateway));
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/operator')}`,
    'content-type': 'application/json',
  };
  const [configFolder, schemasFolder] = [join(gateway.folder, 'config'), join(gateway.folder, 'schemas')];
  const { files } = await loadRegistry({ configFolder, schemasFolder });
  const body = { running: registry, next: files.digest };
  const answer = await gateway.call('/operate/config/apply', { method: 'POST', headers, body });
  t.match(answer, { status: 503, body: { code: 'STILE_RECORD_UNAVAILABLE' } });
  t.equal((await gateway.config()).registry, registry);
  await allow();
  await isMadeOnce(t, gateway, registry);
});

t.test('a store that is away', async t => {
  let proxy: CutProxy | undefined;
  const { gateway, lines } = await openLogged(t, {
    route: async database => {
      proxy = await openCutProxy(t, database);
      return proxy.database;
    },
  });
  const { registry } = await gateway.config();
  proxy?.refuse();
  await gateway.edit(department, retitle);
  await until(() => isRefused(gateway));
  t.ok(lines.some(({ rule }) => rule === 'not-recorded'));
  t.equal(await titleOf(gateway), 'Marriage status');
  proxy?.pass();
  await isMadeOnce(t, gateway, registry);
});
