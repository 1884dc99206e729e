/** Each adapter, with the shipped config, against the sandbox departments' own systems. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import type { Adapter, Call, JsonObject } from '../../adapters/adapter.js';
import { adapter as http } from '../../adapters/http.js';
import { adapter as publicSecurityHousehold } from '../../adapters/public-security-household.js';
import { adapter as soap } from '../../adapters/soap.js';
import { root } from '../../src/root.js';
import { startDepartments } from '../../src/sandbox/departments.js';
import { insuranceOf } from '../../src/sandbox/insurance.js';
import { populate } from '../../src/sandbox/population.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';
import { callOf, contextOf } from './calls.js';

const password = 'a password for tests';
const departments = await startDepartments({
  host: '127.0.0.1',
  apiKey: 'a key for tests',
  secret: 'a secret',
  password,
});
t.teardown(() => departments.close());

const configOf = (id: string) =>
  parse(readFileSync(join(root, 'config', 'departments', `${id}.yaml`), 'utf8')) as {
    adapters: Record<string, { settings: JsonObject }>;
    services: Record<string, { safe: boolean; ask: JsonObject }>;
  };
const civilAffairs = configOf('civil-affairs');
const publicSecurity = configOf('public-security');
const humanResources = configOf('human-resources');

const registration = http.open(
  {
    ...civilAffairs.adapters.registration?.settings,
    baseUrl: departments.civilAffairs.url,
    authentication: { apiKey: { header: 'X-Api-Key', key: 'a key for tests' } },
  },
  contextOf(),
);
const population = publicSecurityHousehold.open(
  { baseUrl: departments.publicSecurity.url, secret: 'a secret' },
  contextOf(),
);
const insurance = soap.open(
  {
    ...humanResources.adapters.insurance?.settings,
    baseUrl: departments.humanResources.url,
    usernameToken: { user: 'stile', password, type: 'digest' },
  },
  contextOf(),
);
t.teardown(() => Promise.all([registration.close(), population.close(), insurance.close()]));

const callTo = (config: ReturnType<typeof configOf>, service: string): Partial<Call> => ({
  ask: config.services[service]?.ask ?? {},
  safe: config.services[service]?.safe ?? false,
});
const ask = (adapter: Adapter, residentId: string, call: Partial<Call>) => adapter.ask({ residentId }, callOf(call));
const marriage = callTo(civilAffairs, 'marriage-status/v1');
const household = callTo(publicSecurity, 'household/v1');
const contributions = callTo(humanResources, 'insurance-contributions/v1');

t.test('marriages in the words of the contract', async t => {
  const { married, spouse, divorced, unmarried } = sampleResidents;
  t.strictSame(await ask(registration, married.residentId, marriage), {
    body: {
      residentId: married.residentId,
      status: 'married',
      registeredOn: '2015-05-20',
      spouse: { name: spouse.name, residentId: spouse.residentId },
      certificateNumber: 'J440304-2015-000520',
    },
    asOf: '2026-10-31T06:00:00+08:00',
  });
  t.match(await ask(registration, divorced.residentId, marriage), {
    body: { status: 'divorced', registeredOn: '2019-03-14', spouse: undefined },
  });
  t.strictSame(await ask(registration, unmarried.residentId, marriage), {
    body: { residentId: unmarried.residentId, status: 'unmarried' },
  });
});

t.test('an address that does not exist is not taken for a person who never married', async t => {
  const { ask: settings } = marriage;
  const answer = await ask(registration, nobody, {
    ...marriage,
    ask: { ...settings, path: '/api/marriage/{residentId}' },
  });
  t.strictSame(answer, { failure: 'rejected', detail: 'status 404', notActed: true });
});

t.test('an appointment is made once', async t => {
  const { unmarried, partner } = sampleResidents;
  const call = callOf(callTo(civilAffairs, 'marriage-appointment/v1'));
  const request = {
    residentId: unmarried.residentId,
    partnerResidentId: partner.residentId,
    date: '2027-05-20',
    office: '440303-01',
  };
  const { residentId, date, office } = request;
  const expected = { body: { residentId, appointmentNumber: 'YY20270520-000001', date, office } };
  t.strictSame(await registration.ask(request, call), expected);
  t.strictSame(await registration.ask(request, call), expected, 'the department knows the request id');
  t.equal(departments.civilAffairs.appointments().length, 1);
});

t.test('households in the words of the contract', async t => {
  const { married, spouse, rareCharacter, collective, largeHousehold } = sampleResidents;
  const answer = await ask(population, married.residentId, household);
  t.match(answer, {
    body: {
      residentId: married.residentId,
      householdNumber: /^\d{9}$/,
      address: /^深圳市福田区/,
      division: '440304',
      kind: 'family',
      members: [
        { residentId: married.residentId, name: married.name, relation: 'head', sex: 'male', birthDate: '1988-04-12' },
        {
          residentId: spouse.residentId,
          name: spouse.name,
          relation: 'spouse',
          sex: 'female',
          birthDate: '1990-08-26',
        },
      ],
    },
    asOf: '2026-11-01T02:00:00+08:00',
  });
  t.match(await ask(population, rareCharacter.residentId, household), { body: { members: [{ name: '林𬱖' }] } });
  t.match(await ask(population, collective.residentId, household), {
    body: { kind: 'collective', members: { length: 1 } },
  });
  t.match(await ask(population, largeHousehold.residentId, household), { body: { members: { length: 10 } } });
  t.match(await ask(population, nobody, household), { failure: 'rejected' });
});

t.test('contributions in the words of the contract', async t => {
  const { residentId } = sampleResidents.married;
  const known = populate().residents.get(residentId);
  const held = known && insuranceOf(known);
  t.strictSame(await ask(insurance, residentId, contributions), {
    body: {
      residentId,
      status: held?.state,
      since: `${held?.since}-01`,
      months: held?.months,
      ...(held?.employer === undefined ? {} : { employer: held.employer }),
      ...(held?.base === undefined ? {} : { contributionBase: held.base }),
    },
    asOf: '2026-10-31T23:30:00+08:00',
  });
  t.strictSame(await ask(insurance, nobody, contributions), {
    body: { residentId: nobody, status: 'uninsured', months: 0 },
  });
});

t.test('whatever the systems do, they are told apart', async t => {
  const { residentId } = sampleResidents.married;
  const table = [
    [{ kind: 'slow', milliseconds: 5000 }, 'timeout'],
    [{ kind: 'hang' }, 'timeout'],
    [{ kind: 'down' }, 'unreachable'],
    [{ kind: 'reset' }, 'unreachable'],
    [{ kind: 'reset-mid-body' }, 'cut-off'],
    [{ kind: 'status', status: 500 }, 'failing'],
    [{ kind: 'status', status: 503 }, 'busy'],
    [{ kind: 'status', status: 403 }, 'denied'],
    [{ kind: 'status', status: 418 }, 'rejected'],
    [{ kind: 'redirect', to: 'http://127.0.0.1:9/' }, 'malformed'],
    [{ kind: 'wrong-content-type' }, 'malformed'],
    [{ kind: 'gzip-bomb' }, 'too-large'],
    [{ kind: 'endless-body' }, 'too-large'],
    [{ kind: 'missing-field' }, 'malformed'],
    [{ kind: 'wrong-code' }, 'malformed'],
    [{ kind: 'duplicate-keys' }, 'malformed'],
    [{ kind: 'invalid-encoding' }, 'malformed'],
    [{ kind: 'invalid-syntax' }, 'malformed'],
    [{ kind: 'explosive' }, 'malformed'],
  ] as const;
  for (const [adapter, department, call] of [
    [registration, departments.civilAffairs, marriage],
    [population, departments.publicSecurity, household],
    [insurance, departments.humanResources, contributions],
  ] as const) {
    for (const [misbehaviour, failure] of table) {
      department.misbehave(misbehaviour);
      const answer = await ask(adapter, residentId, { ...call, deadline: failure === 'timeout' ? 200 : 2000 });
      t.match(answer, { failure }, `${department.url} ${JSON.stringify(misbehaviour)} ${JSON.stringify(answer)}`);
      t.notMatch(JSON.stringify(answer), new RegExp(residentId), 'no detail names a person');
    }
    department.misbehave(null);
    t.match(await ask(adapter, residentId, call), { body: { residentId } }, 'and well again');
  }
});

t.test('passing faults are asked past where asking changes nothing', async t => {
  const { residentId } = sampleResidents.married;
  for (const kind of ['reset', 'reset-mid-body'] as const) {
    departments.civilAffairs.misbehave({ kind, times: 2 });
    t.match(await ask(registration, residentId, marriage), { body: { residentId } }, kind);
    departments.publicSecurity.misbehave({ kind, times: 2 });
    t.match(await ask(population, residentId, household), { body: { residentId } }, kind);
    departments.humanResources.misbehave({ kind, times: 2 });
    t.match(await ask(insurance, residentId, contributions), { body: { residentId } }, kind);
  }
});

t.test('probes say whether the systems are there', async t => {
  const signal = AbortSignal.timeout(5000);
  t.equal(await registration.probe(signal), null);
  t.equal(await population.probe(signal), null);
  t.equal(await insurance.probe(signal), null);
});
