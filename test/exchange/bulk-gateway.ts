/** A gateway with a department that answers about many people at once: a list of those asked about, or a whole district. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { residentCheckDigit } from '../../src/registry/formats/resident.js';
import { loadRegistry } from '../../src/registry/load.js';
import type { Registry } from '../../src/registry/registry.js';
import { root } from '../../src/root.js';
import { type Answering, type System, startHttp } from '../adapters/systems.js';
import { importAgreements, openGateway, sandboxAgreements, type Test, type TestGateway } from '../gateway.js';
import { unreached } from '../unreached-departments.js';

/** Asks for a list of people; the reply is about each of them, and a guardian of some. */
export const pensions = 'social-insurance/pensions/v1';
/** Asks for so many residents of a district; the request names nobody. */
export const residents = 'social-insurance/residents/v1';

const identifier = { $ref: '../../../vocabulary/resident-identity-number.json' };
const marked = (role: 'asked' | 'related') => ({ ...identifier, 'x-stile-subject': role });
const closed = (properties: Readonly<Record<string, object>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const amount = {
  title: 'Amount',
  'x-title': { zh: '金额', en: 'Amount' },
  type: 'integer',
  'x-stile-sensitivity': 'internal',
};

/** That many people, each with a valid number, who are nobody. */
export const people = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => {
    const date = new Date(Date.UTC(1950, 0, 1 + Math.floor(at / 999))).toISOString().slice(0, 10).replaceAll('-', '');
    const digits = `440306${date}${String((at % 999) + 1).padStart(3, '0')}`;
    return digits + residentCheckDigit(digits);
  });

const schemas: Readonly<Record<string, object>> = {
  'pensions/v1/request': {
    ...closed({ residentIds: { type: 'array', maxItems: 60_000, items: marked('asked') } }),
    examples: [{ residentIds: people(1) }],
  },
  'pensions/v1/reply': {
    ...closed({
      rows: {
        type: 'array',
        maxItems: 60_000,
        items: closed({ residentId: marked('asked'), amount, guardianId: marked('related') }, ['residentId', 'amount']),
      },
    }),
    examples: [{ rows: [] }],
  },
  'residents/v1/request': {
    ...closed({ most: { ...amount, minimum: 1 } }),
    examples: [{ most: 1 }],
  },
  'residents/v1/reply': {
    ...closed({ rows: { type: 'array', maxItems: 60_000, items: closed({ residentId: marked('related'), amount }) } }),
    examples: [{ rows: [] }],
  },
};

const serviceOf = (path: string, field: string) => ({
  title: { zh: path, en: path },
  description: { zh: path, en: path },
  sharing: 'conditional',
  safe: true,
  adapter: 'register',
  deadline: 20_000,
  replyLimit: 16 * 1024 * 1024,
  ask: { method: 'POST', path: `/${path}`, body: { fields: { [field]: field } }, reply: 'data' },
});

const agreementOf = (service: string) => ({
  id: `housing-${service.split('/')[1]}`,
  provider: 'social-insurance',
  consumer: 'housing',
  service,
  purposes: ['public-rental-housing'],
  clients: ['permits'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: [{ path: 'rows[].residentId' }, { path: 'rows[].amount' }],
  limits: { second: 5000, day: 1_000_000 },
});

async function registryOf(t: Test, url: string): Promise<Registry> {
  const folder = t.testdir();
  for (const name of ['config', 'schemas']) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const [path, schema] of Object.entries(schemas)) {
    const file = `schemas/social-insurance/${path}.json`;
    mkdirSync(join(folder, file, '..'), { recursive: true });
    const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: `https://stile.example/${file}` };
    writeFileSync(join(folder, file), JSON.stringify({ ...head, title: path, ...schema }, null, 2));
  }
  const department = {
    id: 'social-insurance',
    name: { zh: '社会保险', en: 'Social insurance' },
    division: '440300',
    contact: 'data@social-insurance.stile.example',
    adapters: { register: { kind: 'http', settings: { baseUrl: url } } },
    services: { 'pensions/v1': serviceOf('pensions', 'residentIds'), 'residents/v1': serviceOf('residents', 'most') },
  };
  writeFileSync(
    join(folder, 'config/departments/social-insurance.yaml'),
    `# yaml-language-server: $schema=../../schemas/stile/department.json\n${JSON.stringify(department, null, 2)}\n`,
  );
  const { registry, faults } = await loadRegistry({
    configFolder: join(folder, 'config'),
    schemasFolder: join(folder, 'schemas'),
    environment: {
      STILE_URL: 'http://gateway.stile.example',
      ...unreached,
    },
  });
  if (registry === undefined) throw new Error(JSON.stringify(faults));
  const { settings } = registry;
  return { ...registry, settings: { ...settings, exchange: { ...settings.exchange, bodyLimit: 4 * 1024 * 1024 } } };
}

/** Opens it; everything goes when the test ends. */
export async function bulkGateway(t: Test, answer: Answering): Promise<TestGateway & { readonly system: System }> {
  const system = await startHttp(answer);
  t.teardown(() => system.close());
  const registry = await registryOf(t, system.url);
  const gateway = await openGateway(t, { change: () => registry });
  await importAgreements(gateway, [...sandboxAgreements(), agreementOf(pensions), agreementOf(residents)]);
  return { ...gateway, system };
}
