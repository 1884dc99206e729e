/** Config that cannot be put in force: the one before serves on, and everybody who looks is told why, and where. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { until } from '../until.js';
import { type ConfigGateway, openConfigGateway } from './config-gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;
const department = 'config/departments/civil-affairs.yaml';

async function openLogged(t: Parameters<typeof openConfigGateway>[0]) {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { gateway: await openConfigGateway(t, { logger: pino({ level: 'error' }, log) }), lines };
}

async function untilRefused(gateway: ConfigGateway) {
  await until(async () => /^stile_config_refused 1$/m.test((await gateway.call('/metrics')).text));
  const { refused, registry } = await gateway.config();
  return { refused, registry };
}

t.test('a broken file is told with its line in the API, the log and a metric, until it is mended', async t => {
  const { gateway, lines } = await openLogged(t);
  const { registry } = await gateway.config();
  await gateway.edit(department, text => text.replace('    safe: true\n', '    saef: true\n'));
  const found = await untilRefused(gateway);
  t.equal(found.registry, registry);
  const fault = { file: `${gateway.folder}/${department}`, line: 22, rule: 'unknown-key' };
  t.match(found.refused, { by: { way: 'files' }, faults: [fault] });
  t.match(
    lines.find(({ rule }) => rule === 'unknown-key'),
    { ...fault, level: 50, column: 5 },
  );
  t.match((await gateway.call('/metrics')).text, 'stile_config_refused 1');
  t.equal((await gateway.exchange(marriage, { residentId })).status, 200);

  await gateway.edit(department, text => text.replace('    saef: true\n', '    safe: true\n'));
  await until(async () => /^stile_config_refused 0$/m.test((await gateway.call('/metrics')).text));
  t.match(await gateway.config(), { registry, refused: null });
});

t.test('a setting that takes a restart is told as such, and nothing beside it is taken up', async t => {
  const { gateway } = await openLogged(t);
  const { registry } = await gateway.config();
  await gateway.edit('config/stile.yaml', text => `${text}\nledger:\n  queue: 9\n`);
  const found = await untilRefused(gateway);
  t.equal(found.registry, registry);
  t.match(found.refused?.faults, [
    { file: `${gateway.folder}/config/stile.yaml`, line: 10, rule: 'needs-restart', pointer: '/ledger/queue' },
  ]);
});

t.test('a contract that breaks within its version is refused, with the agreement that it touches', async t => {
  const { gateway } = await openLogged(t);
  const { registry } = await gateway.config();
  const file = 'schemas/civil-affairs/marriage-status/v1/reply.json';
  await gateway.edit(file, text => text.replace('"divorced", "widowed"]', '"divorced", "widowed", "separated"]'));
  const found = await untilRefused(gateway);
  t.equal(found.registry, registry);
  t.match(found.refused?.faults, [
    {
      file: `${gateway.folder}/${file}`,
      line: 28,
      rule: 'reply-values',
      pointer: '/properties/status/enum',
      agreements: ['housing-marriage-status'],
    },
  ]);
  t.equal((await gateway.exchange(marriage, { residentId })).status, 200);
});

t.test('a service with a live agreement cannot be taken out', async t => {
  const { gateway } = await openLogged(t);
  await rm(join(gateway.folder, 'config/agreements/sandbox.yaml'));
  await gateway.edit(department, text => text.replace(/^ {2}marriage-appointment\/v1:$[\s\S]*/m, ''));
  const { refused } = await untilRefused(gateway);
  t.match(refused?.faults, [
    {
      rule: 'contract-removed',
      service: 'civil-affairs/marriage-appointment/v1',
      file: `${gateway.folder}/${department}`,
    },
  ]);
});

t.test('only an operator sees what is refused', async t => {
  const { gateway } = await openLogged(t);
  for (const staff of ['staff/officer', 'staff/auditor', 'staff/security', 'housing/permits']) {
    const headers = { authorization: `Bearer ${await gateway.token(staff)}` };
    t.match(await gateway.call('/operate/config', { headers }), { status: 403, body: { code: 'STILE_ROLE_REQUIRED' } });
  }
  t.match(await gateway.call('/operate/config'), { status: 401, body: { code: 'STILE_TOKEN_MISSING' } });
});
