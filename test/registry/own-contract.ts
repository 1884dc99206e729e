/** Contracts of a test's own, in the sound deployment's place. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { Contract } from '../../src/registry/registry.js';
import { deployment, load } from './deployment.js';

const service = 'civil-affairs/marriage-status/v1';
const base = { $schema: 'https://json-schema.org/draft/2020-12/schema' };
export const identifier = { $ref: '../../../vocabulary/resident-identity-number.json' };
export const somebody = '11010519491231002X';

/** Loads the sound deployment with another request or reply in place of its own. */
export async function withSchemas(t: Test, schemas: { request?: object; reply?: object }) {
  const folder = deployment(t);
  for (const [half, schema] of Object.entries(schemas)) {
    const $id = `https://stile.example/schemas/${service}/${half}.json`;
    const file = join(folder, 'schemas', service, `${half}.json`);
    writeFileSync(file, JSON.stringify({ ...base, $id, ...schema }, null, 2));
  }
  // The sound mapping is on the fields of the sound contract, and so is the agreement.
  const department = join(folder, 'config', 'departments', 'civil-affairs.yaml');
  const mapped = readFileSync(department, 'utf8');
  writeFileSync(department, mapped.replace('/{residentId}', '').replace(/reply:\s+fields: .*/, 'reply: data'));
  writeFileSync(
    join(folder, 'config', 'agreements', 'first.yaml'),
    '# yaml-language-server: $schema=../../schemas/stile/agreements.json\nagreements: []\n',
  );
  return load(folder);
}

export async function contractOf(t: Test, schemas: { request?: object; reply?: object } = {}): Promise<Contract> {
  const { registry, faults } = await withSchemas(t, schemas);
  const contract = registry?.services.get(service)?.contract;
  if (contract === undefined) throw new Error(JSON.stringify(faults));
  return contract;
}

/** A closed object schema. */
export const closed = (properties: object, more: object = {}): object => ({
  type: 'object',
  properties,
  additionalProperties: false,
  ...more,
});

/** Spelt so that no value here could be taken for a promise. */
export const thenSchema = (schema: object): object => Object.fromEntries([['then', schema]]);
