/** Everything a gateway logs while things go well, are refused and break: never what is secret, and nothing about a person. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { pino } from 'pino';
import t from 'tap';
import type { JsonObject } from '../../adapters/adapter.js';
import type { Registry } from '../../src/registry/registry.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, sandboxAgreements } from '../gateway.js';
import { until } from '../until.js';
import { openCutProxy } from './cut-proxy.js';

const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';
const { married, unmarried, partner, largeHousehold } = sampleResidents;

const misbehaviours = [
  'hang',
  'reset',
  'reset-mid-body',
  'wrong-content-type',
  'gzip-bomb',
  'endless-body',
  'missing-field',
  'wrong-code',
  'another-person',
  'invalid-encoding',
  'invalid-syntax',
  'duplicate-keys',
  'explosive',
] as const;

/** All that agreements can grant, so that the replies tell what must not be logged. */
const agreements = sandboxAgreements().map(agreement => {
  const { service } = agreement as { readonly service: string };
  const wide: Readonly<Record<string, readonly string[]>> = {
    [marriage]: ['residentId', 'status', 'registeredOn', 'spouse', 'certificateNumber'],
    [household]: ['residentId', 'householdNumber', 'address', 'division', 'kind', 'members'],
  };
  const fields = wide[service]?.map(path => ({ path }));
  return fields === undefined ? agreement : { ...agreement, fields };
});

/** Impatient, and with a service that has a bug. */
function change(registry: Registry): Registry {
  const services = new Map([...registry.services].map(([id, service]) => [id, { ...service, deadline: 2000 }]));
  const service = services.get(marriage);
  if (service === undefined) throw new Error('the sandbox has lost its service');
  const { contract } = service;
  const request = {
    ...contract.request,
    check(value: JsonObject) {
      if (value.residentId === nobody) throw new TypeError('a bug');
      return contract.request.check(value);
    },
  };
  services.set(marriage, { ...service, contract: { ...contract, request } });
  const ledger = { ...registry.settings.ledger, deadline: 3000, statementDeadline: 1200 };
  return { ...registry, services, settings: { ...registry.settings, ledger } };
}

/** The texts of a reply that are about somebody: not the words of a code list. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^[a-z]*$/.test(value) ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

t.test('a run of everything', async t => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const secrets = new Set<string>();
  for (const { residentId, name } of Object.values(sampleResidents)) secrets.add(residentId).add(name);
  const route = async (database: string) => {
    const { password } = new URL(database);
    if (password !== '') secrets.add(password);
    proxy = await openCutProxy(t, database);
    return proxy.database;
  };
  let proxy: Awaited<ReturnType<typeof openCutProxy>> | undefined;
  const gateway = await openGateway(t, { logger, route, change, agreements });
  for (const { adapter } of gateway.registry.services.values()) {
    for (const text of textsIn(adapter?.settings)) if (!text.startsWith('http')) secrets.add(text);
  }
  t.ok(secrets.has(String(gateway.registry.services.get(household)?.adapter?.settings.secret)));
  for (const client of ['housing/permits', 'housing/archive', 'staff/security', 'staff/officer']) {
    secrets.add(await gateway.token(client));
  }
  const key = randomBytes(9).toString('hex');
  secrets.add(key);

  t.comment('what goes well');
  for (const [service, residentId] of [
    [marriage, married.residentId],
    [household, largeHousehold.residentId],
  ] as const) {
    const answer = await gateway.exchange(service, { residentId }, { 'idempotency-key': key });
    t.equal(answer.status, 200, answer.text);
    for (const text of textsIn(answer.body)) secrets.add(text);
  }
  const booking = {
    residentId: unmarried.residentId,
    partnerResidentId: partner.residentId,
    date: '2030-05-20',
    office: '440304-01',
  };
  const booked = await gateway.exchange(appointment, booking, {
    'stile-purpose': 'marriage-registration',
    'idempotency-key': key,
  });
  t.equal(booked.status, 200, booked.text);
  secrets.add(String(booked.body?.appointmentNumber));
  const search = await gateway.call('/audit/search', {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token('staff/security')}`, 'content-type': 'application/json' },
    body: { subject: { kind: 'resident', identifier: married.residentId } },
  });
  t.equal(search.status, 200, search.text);

  t.comment('what is refused');
  const { residentId } = married;
  await gateway.exchange(marriage, { residentId: `${residentId.slice(0, -1)}0` });
  await gateway.exchange(marriage, `{"residentId":"${residentId}"`);
  await gateway.exchange(marriage, { residentId, name: married.name });
  await gateway.exchange(marriage, { residentId }, { 'stile-purpose': 'curiosity' });
  await gateway.exchange(marriage, { residentId }, { 'stile-operator': residentId });
  await gateway.exchange(
    marriage,
    { residentId },
    { authorization: `Bearer ${await gateway.token('staff/security')}` },
  );
  await gateway.exchange(marriage, { residentId }, { authorization: `Basic ${Buffer.from(key).toString('base64')}` });
  await gateway.call(`/exchange/${marriage}/${residentId}?residentId=${residentId}`);
  await gateway.call(`/oauth2/token`, {
    method: 'POST',
    body: `client_assertion=${await gateway.token('housing/permits')}`,
  });
  await gateway.call('/audit/search', { method: 'POST', body: { subject: { identifier: residentId } } });

  t.comment('what breaks');
  for (const kind of misbehaviours) {
    for (const department of [gateway.departments.civilAffairs, gateway.departments.publicSecurity])
      department.misbehave({ kind });
    for (const service of [marriage, household])
      t.not((await gateway.exchange(service, { residentId })).status, 200, kind);
  }
  for (const department of [gateway.departments.civilAffairs, gateway.departments.publicSecurity])
    department.misbehave(null);
  t.equal((await gateway.exchange(marriage, { residentId: nobody })).body?.code, 'STILE_FAULT');
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  socket.end(
    `POST /exchange/${marriage} HTTP/1.1\r\nauthorization: Bearer ${await gateway.token('housing/permits')}\r\nno header\r\n\r\n{"residentId":"${residentId}"}`,
  );
  await new Promise(resolve => socket.resume().on('close', resolve));
  proxy?.hang();
  t.equal((await gateway.exchange(marriage, { residentId })).status, 503);
  proxy?.refuse();
  t.equal((await gateway.exchange(appointment, booking, { 'idempotency-key': `${key}-2` })).status, 503);
  proxy?.pass();
  await until(async () => (await gateway.call('/health/ready')).status === 200);
  await gateway.close();

  const log = lines.join('');
  for (const logged of [
    'a department failed',
    'this is a bug',
    'could not be recorded',
    'the ledger takes no entries',
  ]) {
    t.match(log, logged, 'the log tells what went on');
  }
  t.ok(secrets.size > 40, `${secrets.size} texts are looked for`);
  for (const secret of secrets) {
    t.notOk(log.includes(secret), `not ${secret}`);
    t.notOk(log.includes(encodeURIComponent(secret)), `nor escaped`);
    t.notOk(log.includes([...Buffer.from(secret)].join()), 'nor as the bytes of a buffer');
  }
  t.notMatch(log, /eyJ|bearer |authorization/i, 'no token, and no header that would carry one');
});
