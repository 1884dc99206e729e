/** Makes a config as large as a province's beside the sandbox's: departments with clients, services with contracts of their own, agreements. */
import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../src/root.js';

export interface Size {
  readonly departments: number;
  /** Of each department. */
  readonly services: number;
  readonly agreements: number;
}

/** Agreements in one file. */
const inOneFile = 100;
const fieldKinds = ['name', 'date', 'address', 'amount', 'code', 'flag'] as const;

/** @param folder made, with config/ and schemas/ in it */
export function makeLargeConfig(folder: string, { departments, services, agreements }: Size): void {
  for (const name of ['config', 'schemas']) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (let at = 0; at < departments; at++) makeDepartment(folder, idOf(at), services);
  for (let first = 0; first < agreements; first += inOneFile) {
    const items = [...Array(Math.min(inOneFile, agreements - first)).keys()].map(at =>
      agreementOf(first + at, departments, services),
    );
    writeYaml(join(folder, 'config', 'agreements', `made-${first}.yaml`), 'agreements', { agreements: items });
  }
}

const idOf = (at: number): string => `department-${at}`;
const serviceOf = (at: number): string => `service-${at}/v1`;
const both = (text: string) => ({ zh: text, en: text });

/** JSON is YAML: block style, which people write, is read a little faster. */
function writeYaml(file: string, kind: string, value: object): void {
  writeFileSync(file, `# yaml-language-server: $schema=../../schemas/stile/${kind}.json\n${yaml(value, '')}`);
}

/** Block style, with texts in quotes. */
function yaml(value: object, indent: string): string {
  const lines = Array.isArray(value)
    ? value.map(item => `${indent}- ${inline(item)}`)
    : Object.entries(value).map(([key, held]) =>
        typeof held === 'object' && held !== null && !isSmall(held)
          ? `${indent}${JSON.stringify(key)}:\n${yaml(held, `${indent}  `).trimEnd()}`
          : `${indent}${JSON.stringify(key)}: ${inline(held)}`,
      );
  return `${lines.join('\n')}\n`;
}

const isSmall = (value: object): boolean => JSON.stringify(value).length < 60;
const inline = (value: unknown): string => JSON.stringify(value);

function makeDepartment(folder: string, id: string, services: number): void {
  const clients = ['counter', 'archive'].map(client => [client, { name: both(client), keys: [publicJwk()] }]);
  const made = [...Array(services).keys()].map(at => [serviceOf(at), makeService(folder, id, at)]);
  writeYaml(join(folder, 'config', 'departments', `${id}.yaml`), 'department', {
    id,
    name: both(`Bureau ${id}`),
    division: '440300',
    contact: `data@${id}.stile.example`,
    clients: Object.fromEntries(clients),
    adapters: {
      main: {
        kind: 'http',
        settings: {
          baseUrl: `https://${id}.stile.example`,
          // A secret that the sandbox has anyway.
          authentication: { bearer: { token: `\${env:SANDBOX_CIVIL_AFFAIRS_API_KEY}` } },
        },
      },
    },
    services: Object.fromEntries(made),
  });
}

const publicJwk = () => ({ ...createPublicKey(generateKeyPairSync('ed25519').privateKey).export({ format: 'jwk' }) });

/** Writes the contract, and gives the service's part of the department's file. */
function makeService(folder: string, department: string, at: number): object {
  const names = fieldNames(department, at);
  const path = `${department}/${serviceOf(at)}`;
  const residentId = { $ref: '../../../vocabulary/resident-identity-number.json', 'x-stile-subject': 'asked' };
  const head = (half: string) => ({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://stile.example/schemas/${path}/${half}.json`,
    type: 'object',
  });
  mkdirSync(join(folder, 'schemas', path), { recursive: true });
  const write = (half: string, schema: object) =>
    writeFileSync(
      join(folder, 'schemas', path, `${half}.json`),
      JSON.stringify({ ...head(half), ...schema, additionalProperties: false }, null, 2),
    );
  write('request', {
    properties: { residentId },
    required: ['residentId'],
    examples: [{ residentId: '440304198804123031' }],
  });
  write('reply', {
    properties: { residentId, ...Object.fromEntries(names.map((name, kind) => [name, fieldOf(kind)])) },
    required: ['residentId', ...names.slice(0, 2)],
  });
  return {
    title: both(path),
    description: both(`What ${department} holds on a resident`),
    sharing: 'conditional',
    safe: true,
    adapter: 'main',
    ask: {
      method: 'POST',
      path: `/service-${at}`,
      body: { fields: { zjhm: 'residentId' } },
      result: { from: 'code', answer: ['0'] },
      reply: { fields: { residentId: 'data.zjhm', ...Object.fromEntries(names.map(name => [name, `data.${name}`])) } },
    },
  };
}

/** No two services have the same, as no two departments' contracts would. */
const fieldNames = (department: string, at: number): string[] => {
  const hash = createHash('sha256').update(`${department}/${at}`).digest('hex');
  return fieldKinds.map((kind, place) => `${kind}${hash.slice(place * 4, place * 4 + 4)}`);
};

function fieldOf(kind: number): object {
  const titles = { 'x-title': both(fieldKinds[kind] ?? ''), 'x-stile-sensitivity': 'personal' };
  const vocabulary = (name: string) => ({ $ref: `../../../vocabulary/${name}.json`, ...titles });
  switch (fieldKinds[kind]) {
    case 'name':
      return vocabulary('personal-name');
    case 'date':
      return vocabulary('date');
    case 'address':
      return vocabulary('address');
    case 'amount':
      return vocabulary('currency-amount');
    case 'code':
      return { ...titles, type: 'string', enum: ['one', 'two', 'three'] };
    default:
      return { ...titles, type: 'boolean' };
  }
}

function agreementOf(at: number, departments: number, services: number): object {
  const provider = idOf(at % departments);
  const service = Math.floor(at / departments) % services;
  const [name, date] = fieldNames(provider, service);
  return {
    id: `made-${at}`,
    provider,
    consumer: idOf((at + 1 + Math.floor(at / departments)) % departments),
    service: `${provider}/${serviceOf(service)}`,
    purposes: ['public-rental-housing'],
    clients: ['counter'],
    from: '2026-01-01',
    until: '2028-12-31',
    fields: [{ path: name }, { path: date, mask: { kind: 'year-only' } }],
    limits: { second: 10, day: 20_000 },
  };
}
