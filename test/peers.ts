/** Gateways with each its own store and keys: a city's, which asks, its province's, which answers, and the nation's above both. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxKey, sandboxPublicKey } from '../src/identity/sandbox-key.js';
import { loadRegistry } from '../src/registry/load.js';
import type { Registry } from '../src/registry/registry.js';
import { root } from '../src/root.js';
import type { Departments } from '../src/sandbox/departments.js';
import { type GatewayOptions, openGateway, sandboxAgreements, type Test, type TestGateway } from './gateway.js';

export const city = 'shenzhen.stile.example';
export const province = 'guangdong.stile.example';
export const nation = 'nation.stile.example';
/** The province's services, as its own clients and its peers know them. */
export const marriage = 'civil-affairs/marriage-status/v1';
export const appointment = 'civil-affairs/marriage-appointment/v1';
/** The same as the city offers them to its departments. */
export const cityMarriage = 'guangdong/marriage-status/v1';
export const cityAppointment = 'guangdong/marriage-appointment/v1';
/** The city's gateway, as the province knows it, and the province's as the city does. */
export const gatewayClient = 'shenzhen/gateway';
export const provinceClient = 'guangdong/gateway';
/** The service of the province that is the city's, where they go round. */
export const provinceLoop = 'shenzhen/marriage-status/v1';

/** What the province has on file of the city. */
export const cityAtProvince = {
  id: 'shenzhen',
  name: { zh: '深圳市', en: 'Shenzhen' },
  division: '440300',
  contact: 'gateway@shenzhen.stile.example',
  peer: { deployment: city, departments: { housing: { name: { zh: '深圳市住建局', en: 'Shenzhen Housing Bureau' } } } },
  clients: {
    gateway: { name: { zh: '深圳市网关', en: "Shenzhen's gateway" }, keys: [sandboxPublicKey(gatewayClient)] },
  },
};

const title = { zh: '省级数据服务', en: 'Service of the province' };

/** What the city has on file of the province, which it asks at this address. */
export const provinceAtCity = (baseUrl: string) => ({
  id: 'guangdong',
  name: { zh: '广东省', en: 'Guangdong' },
  division: '440000',
  contact: 'gateway@guangdong.stile.example',
  adapters: asking(baseUrl, province, gatewayClient, 'CITY_KEY'),
  services: {
    'marriage-status/v1': serviceOf(marriage, true),
    'marriage-appointment/v1': serviceOf(appointment, false),
  },
});

const serviceOf = (service: string, safe: boolean) => ({
  title,
  sharing: 'conditional',
  safe,
  adapter: 'gateway',
  ask: { service },
});

export const agreement = (id: string, service: string, consumer: string, purpose: string, fields: string[]) => ({
  id,
  provider: service.split('/')[0],
  consumer,
  service,
  purposes: [purpose],
  clients: ['permits'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: fields.map(path => ({ path })),
});

const rental = 'public-rental-housing';
const statusFields = ['residentId', 'status'];
const appointmentFields = ['residentId', 'appointmentNumber', 'date', 'office'];

export const provinceAgreements = [
  agreement('shenzhen-marriage', marriage, 'shenzhen.housing', rental, statusFields),
  agreement('shenzhen-appointment', appointment, 'shenzhen.housing', 'marriage-registration', appointmentFields),
];
export const cityAgreements = [
  agreement('housing-province-marriage', cityMarriage, 'housing', rental, statusFields),
  agreement('housing-province-appointment', cityAppointment, 'housing', 'marriage-registration', appointmentFields),
];

/** Adapter settings under which one of the two asks the other, at an address. */
const asking = (baseUrl: string, deployment: string, clientId: string, key: string) => ({
  gateway: {
    kind: 'stile',
    settings: { baseUrl, deployment, issuer: 'http://gateway.stile.example', clientId, privateKey: `\${env:${key}}` },
  },
});

/** The city at the province, where each asks the other for what it has from it. */
export const cityInLoop = (url: string) => ({
  ...cityAtProvince,
  adapters: asking(url, city, provinceClient, 'PROVINCE_KEY'),
  services: { 'marriage-status/v1': serviceOf(cityMarriage, true) },
});
/** The province at the city, likewise. */
export const provinceInLoop = (url: string) => ({
  ...provinceAtCity(url),
  peer: { deployment: province, departments: { 'shenzhen.housing': { name: title } } },
  clients: { gateway: { name: title, keys: [sandboxPublicKey(provinceClient)] } },
  services: { 'marriage-status/v1': serviceOf(provinceLoop, true) },
});

/** The nation at the province, which asks it at this address. */
export const nationAtProvince = (baseUrl: string) => ({
  id: 'nation',
  name: title,
  division: '110000',
  contact: 'gateway@nation.stile.example',
  adapters: asking(baseUrl, nation, provinceClient, 'PROVINCE_KEY'),
  services: { 'marriage-status/v1': serviceOf(marriage, true) },
});
/** The province at the nation, which hears of a city's department by what the province calls it. */
export const provinceAtNation = {
  id: 'guangdong',
  name: title,
  division: '440000',
  contact: 'gateway@guangdong.stile.example',
  peer: { deployment: province, departments: { 'shenzhen.housing': { name: title, division: '440300' } } },
  clients: { gateway: { name: title, keys: [sandboxPublicKey(provinceClient)] } },
};

/** The nation: the sandbox's departments, and the province as a peer. */
export const openNation = (t: Test, agreements: readonly object[]) =>
  open(t, 'nation', configOf(t, 'nation', nation, provinceAtNation), { agreements });

/** The province: the sandbox's departments, and the city as a peer. */
export async function openProvince(
  t: Test,
  options: GatewayOptions = {},
  peer: File = cityAtProvince,
  others: readonly File[] = [],
) {
  const folder = configOf(t, 'province', province, peer, ...others);
  return open(t, 'province', folder, { agreements: [...sandboxAgreements(), ...provinceAgreements], ...options });
}

/** The city, whose departments ask the province at an address. */
export async function openCity(t: Test, url: string, options: GatewayOptions = {}, file: File = provinceAtCity(url)) {
  const folder = configOf(t, 'city', city, file);
  return open(t, 'city', folder, { agreements: [...sandboxAgreements(), ...cityAgreements], ...options });
}

interface File {
  readonly id: string;
  readonly peer?: object;
  readonly clients?: object;
  readonly services?: Readonly<Record<string, object>>;
}

/** One folder for all gateways of a test: each call of `testdir` empties it. */
const folders = new WeakMap<Test, string>();
function folderOf(t: Test): string {
  // tap removes the folder before what is torn down, unless something was to be torn down before there was a folder.
  t.teardown(async () => undefined);
  const folder = folders.get(t) ?? t.testdir();
  folders.set(t, folder);
  return folder;
}

function configOf(t: Test, name: string, deployment: string, ...files: readonly File[]): string {
  const folder = join(folderOf(t), name);
  for (const each of ['config', 'schemas']) cpSync(join(root, each), join(folder, each), { recursive: true });
  const settings = join(folder, 'config/stile.yaml');
  writeFileSync(
    settings,
    readFileSync(settings, 'utf8').replace('deployment: stile.example', `deployment: ${deployment}`),
  );
  for (const file of files) {
    writeFileSync(
      join(folder, `config/departments/${file.id}.yaml`),
      `# yaml-language-server: $schema=../../schemas/stile/department.json\n${JSON.stringify(file, null, 2)}\n`,
    );
    for (const service of Object.keys(file.services ?? {})) contract(folder, file.id, service);
  }
  return folder;
}

/** That of the civil affairs bureau, but that of the marriage status only what the agreement grants, for no more will come. */
function contract(folder: string, department: string, service: string): void {
  for (const half of ['request', 'reply']) {
    const text = readFileSync(join(root, 'schemas/civil-affairs', service, `${half}.json`), 'utf8');
    const schema = JSON.parse(text.replaceAll('/schemas/civil-affairs/', `/schemas/${department}/`));
    if (half === 'reply' && service === 'marriage-status/v1') {
      for (const keyword of ['if', 'then', 'else']) delete schema[keyword];
      schema.properties = Object.fromEntries(statusFields.map(name => [name, schema.properties[name]]));
      schema.examples = [{ residentId: '440303199603052036', status: 'unmarried' }];
    }
    mkdirSync(join(folder, 'schemas', department, service), { recursive: true });
    writeFileSync(join(folder, 'schemas', department, service, `${half}.json`), JSON.stringify(schema));
  }
}

async function open(t: Test, name: string, folder: string, options: GatewayOptions): Promise<TestGateway> {
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder, { recursive: true });
  const own: Test = { teardown: done => t.teardown(done), testdir: () => dataFolder };
  return openGateway(own, { ...options, read: departments => readRegistry(name, folder, departments) });
}

async function readRegistry(name: string, folder: string, departments: Departments): Promise<Registry> {
  const { registry, faults } = await loadRegistry({
    configFolder: join(folder, 'config'),
    schemasFolder: join(folder, 'schemas'),
    environment: {
      STILE_URL: 'http://gateway.stile.example',
      CITY_KEY: pemOf(gatewayClient),
      PROVINCE_KEY: pemOf(provinceClient),
      ...departments.variables,
    },
  });
  if (registry === undefined) throw new Error(`the ${name}'s config has faults: ${JSON.stringify(faults)}`);
  return registry;
}

/** The private key of a sandbox client, as config has it. */
export const pemOf = (client: string): string => String(sandboxKey(client).export({ type: 'pkcs8', format: 'pem' }));
