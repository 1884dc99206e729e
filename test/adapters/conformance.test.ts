/** Every adapter passes the kit, against a real system of its kind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import type { JsonObject } from '../../adapters/adapter.js';
import { adapter as file } from '../../adapters/file.js';
import { adapter as http } from '../../adapters/http.js';
import { adapter as publicSecurityHousehold } from '../../adapters/public-security-household.js';
import { adapter as soap } from '../../adapters/soap.js';
import { adapter as sql } from '../../adapters/sql.js';
import { adapter as xRoad } from '../../adapters/x-road.js';
import { root } from '../../src/root.js';
import type { SampleDepartment } from '../../src/sandbox/department.js';
import { startDepartments } from '../../src/sandbox/departments.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { isInstalled } from '../installed.js';
import { adapterConformance, type Fixtures } from './conformance.js';
import { dropFolder, lines } from './drops.js';
import { appKey, requester, service, startPlatform } from './sharing-platform-system.js';
import { mariadb, program, serverName } from './sql-mariadb.js';
import { postgresql, reader } from './sql-postgresql-systems.js';
import { service as sqlService } from './sql-systems.js';
import { type Answering, json, startHttp } from './systems.js';
import { securityServer, settings as xRoadSettings } from './x-road-server.js';

const secret = 'a-secret-of-the-department';
const departments = await startDepartments({ host: '127.0.0.1', apiKey: secret, secret, password: secret });
t.teardown(() => departments.close());

const configOf = (id: string) =>
  parse(readFileSync(join(root, 'config', 'departments', `${id}.yaml`), 'utf8')) as {
    adapters: Record<string, { settings: JsonObject }>;
    services: Record<string, { ask: JsonObject }>;
  };
const { married, unmarried, divorced } = sampleResidents;
const hidden = [secret, married.residentId, married.name, unmarried.residentId, divorced.residentId];
const about = (residentId: string) => ({ request: { residentId }, body: { residentId } });

/** Fixtures of a sandbox department: it speaks its own protocol, lets in who proves itself, and errs when told to. */
function sample(department: SampleDepartment, ask: JsonObject) {
  return {
    system: { port: Number(new URL(department.url).port), host: '127.0.0.1' },
    ask,
    examples: [about(married.residentId), about(unmarried.residentId)],
    malformed() {
      department.misbehave({ kind: 'wrong-code', times: 1 });
      return {};
    },
    stranger() {
      department.misbehave({ kind: 'another-person', times: 1 });
      return { identifier: '11010519491231002X' };
    },
    hidden,
  } satisfies Partial<Fixtures>;
}

t.test('http', async t => {
  const { registration } = configOf('civil-affairs').adapters;
  await adapterConformance(t, http, {
    ...sample(departments.civilAffairs, configOf('civil-affairs').services['marriage-status/v1']?.ask ?? {}),
    settings: port => ({
      ...registration?.settings,
      ...{ baseUrl: `http://127.0.0.1:${port}`, authentication: { apiKey: { header: 'X-Api-Key', key: secret } } },
    }),
    denied: { authentication: { apiKey: { header: 'X-Api-Key', key: `${secret}, a wrong one` } } },
  });
});

t.test('soap', async t => {
  const { adapters, services } = configOf('human-resources');
  const usernameToken = { user: 'stile', password: secret, type: 'digest' };
  await adapterConformance(t, soap, {
    ...sample(departments.humanResources, services['insurance-contributions/v1']?.ask ?? {}),
    settings: port => ({ ...adapters.insurance?.settings, baseUrl: `http://127.0.0.1:${port}`, usernameToken }),
    examples: [about(married.residentId), about(divorced.residentId)],
    denied: { usernameToken: { ...usernameToken, password: `${secret}, a wrong one` } },
  });
});

t.test('public-security-household', t =>
  adapterConformance(t, publicSecurityHousehold, {
    ...sample(departments.publicSecurity, configOf('public-security').services['household/v1']?.ask ?? {}),
    settings: port => ({ baseUrl: `http://127.0.0.1:${port}`, secret }),
    denied: { secret: `${secret}, a wrong one` },
  }),
);

/** A register that answers in JSON, each number with a name of its own. */
const names: Readonly<Record<string, string>> = {
  [married.residentId]: married.name,
  [unmarried.residentId]: '周子墨',
};
const registered = (url: string): JsonObject => {
  const id = /\d{17}[\dX]/.exec(url)?.[0] ?? '';
  if (id === divorced.residentId) return { no: 7 };
  return url.includes('/other/') ? { no: unmarried.residentId, xm: '周子墨' } : { no: id, xm: names[id] };
};
const person: JsonObject = {
  method: 'GET',
  path: '/persons/{id}',
  reply: { fields: { id: { from: 'no', as: 'text' }, name: 'xm' } },
};
const plain = {
  ask: person,
  examples: [
    { request: { id: married.residentId }, body: { id: married.residentId, name: married.name } },
    { request: { id: unmarried.residentId }, body: { id: unmarried.residentId, name: '周子墨' } },
  ],
  malformed: () => ({ request: { id: divorced.residentId } }),
  stranger: () => ({ ask: { ...person, path: '/other/{id}' }, identifier: unmarried.residentId }),
  hidden: [...hidden, '周子墨'],
} satisfies Partial<Fixtures>;
const at = ({ port }: { readonly port: number }) => ({ port, host: '127.0.0.1' });

t.test('http with OAuth tokens', async t => {
  const system = await startHttp((asked, ...rest) => {
    const { url, headers, body } = asked;
    if (url !== '/token')
      return json(registered(url), headers.authorization === `Bearer ${secret}` ? 200 : 401)(asked, ...rest);
    const good = new URLSearchParams(body).get('client_secret') === secret;
    return json(good ? { access_token: secret, token_type: 'Bearer' } : {}, good ? 200 : 401)(asked, ...rest);
  });
  t.teardown(() => system.close());
  const oauth2 = (port: number, clientSecret: string): JsonObject => ({
    oauth2: { tokenUrl: `http://127.0.0.1:${port}/token`, clientId: 'stile', clientSecret, credentials: 'body' },
  });
  await adapterConformance(t, http, {
    ...{ ...plain, system: at(system) },
    settings: port => ({ baseUrl: `http://127.0.0.1:${port}`, authentication: oauth2(port, secret) }),
    denied: { authentication: oauth2(system.port, 'a wrong one') },
  });
});

t.test('http with the signature of the sharing platform', async t => {
  const answer: Answering = (asked, ...rest) => json(registered(asked.url))(asked, ...rest);
  const system = await startPlatform(t, { secrets: Array<string>(40).fill(secret), answer });
  const signed = (port: number, key: string): JsonObject => ({
    sharingPlatform: { requester, service, appKey: key, secretUrl: `http://127.0.0.1:${port}/secret` },
  });
  await adapterConformance(t, http, {
    ...{ ...plain, system: at(system), hidden: [...plain.hidden, appKey] },
    settings: port => ({ baseUrl: `http://127.0.0.1:${port}`, authentication: signed(port, appKey) }),
    denied: { authentication: signed(system.port, 'a wrong one') },
  });
});

t.test('x-road', async t => {
  const system = await startHttp((asked, ...rest) => securityServer(registered(asked.url))(asked, ...rest));
  t.teardown(() => system.close());
  const ask = { ...person, serviceCode: 'persons' };
  await adapterConformance(t, xRoad, {
    ...{ ...plain, ask, system: at(system) },
    settings: port => ({ baseUrl: `http://127.0.0.1:${port}`, ...xRoadSettings }),
    stranger: () => ({ ask: { ...ask, path: '/other/{id}' }, identifier: unmarried.residentId }),
  });
});

const residents = `INSERT INTO hydj VALUES ('${married.residentId}', '${married.name}', '20', 1),
  ('${unmarried.residentId}', '周子墨', '10', 0), ('${divorced.residentId}', '黄志强', '99', 0)`;
const rows = {
  ask: sqlService,
  examples: [
    { request: { residentId: married.residentId }, body: { name: married.name, status: 'married' } },
    { request: { residentId: unmarried.residentId }, body: { name: '周子墨', status: 'single' } },
  ],
  malformed: () => ({ request: { residentId: divorced.residentId } }),
  stranger: () => ({
    ask: { ...sqlService, statement: "SELECT * FROM hydj WHERE zjhm <> :residentId AND xm = '周子墨'" },
    identifier: unmarried.residentId,
  }),
  hidden: [...hidden, '周子墨', '黄志强'],
} satisfies Partial<Fixtures>;

t.test('sql, PostgreSQL', async t => {
  const { owner, settings } = await postgresql(t);
  await owner.query(residents);
  const { host, port } = settings;
  const login = await reader(t, owner);
  await adapterConformance(t, sql, {
    ...rows,
    system: host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
    settings: relayed => ({ ...settings, ...login, host: '127.0.0.1', port: relayed, unencrypted: true }),
    denied: { user: 'nobody' },
    hidden: [...rows.hidden, login.password],
  });
});

t.test('sql, MariaDB', async t => {
  if (!isInstalled(t, program)) return;
  const { owner, port, authority, login } = await mariadb(t);
  await owner.query(residents);
  const tls = { authority: authority.certificate, serverName };
  await adapterConformance(t, sql, {
    ...{ ...rows, system: { host: '127.0.0.1', port } },
    settings: relayed => ({ ...login, host: '127.0.0.1', port: relayed, tls }),
    denied: { password: 'a wrong one' },
    hidden: [...rows.hidden, login.password],
  });
});

t.test('file', async t => {
  const { folder, put } = dropFolder(t);
  const [one, two] = [married, unmarried].map(({ residentId, name }) => ({ residentId, name }));
  if (one === undefined || two === undefined) return;
  put(
    'persons.csv',
    lines('zjhm,xm,po', `${one.residentId},${one.name},${two.residentId}`, `${two.residentId},${two.name},`),
  );
  const ask = (id: string): JsonObject => ({
    key: { zjhm: 'residentId' },
    reply: { fields: { residentId: id, name: 'xm' } },
  });
  const coded = { residentId: 'zjhm', name: { from: 'xm', codes: { '1': 'one' } } };
  await adapterConformance(t, file, {
    settings: () => ({ folder, file: 'persons.csv', format: 'csv', columns: ['zjhm', 'xm', 'po'], key: ['zjhm'] }),
    ask: ask('zjhm'),
    examples: [
      { request: { residentId: one.residentId }, body: one },
      { request: { residentId: two.residentId }, body: two },
    ],
    malformed: () => ({ ask: { ...ask('zjhm'), reply: { fields: coded } } }),
    stranger: () => ({ ask: ask('po'), identifier: two.residentId }),
    hidden: [...hidden, two.name],
  });
});
