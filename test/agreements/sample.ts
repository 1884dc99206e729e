/** A small registry and agreements for tests of what decides and what minimises. */
import { type Agreement, agreementState } from '../../src/agreements/agreement.js';
import { pinsOf } from '../../src/agreements/pin.js';
import type {
  Client,
  CompiledSchema,
  Department,
  FieldSchema,
  Registry,
  Service,
  SubjectField,
} from '../../src/registry/registry.js';

const text = (name: string) => ({ zh: name, en: name });

/** A schema of which only the field paths matter. */
export const schemaOf = (paths: readonly string[], subjects: readonly SubjectField[] = []): CompiledSchema => ({
  schema: {},
  check: () => null,
  subjects,
  fields: new Map(paths.map((path): [string, FieldSchema] => [path, fieldOf(path)])),
});

const fieldOf = (path: string): FieldSchema => ({
  path,
  type: undefined,
  format: undefined,
  sensitivity: undefined,
  title: undefined,
});

const departmentOf = (id: string, division = '440300'): Department => ({
  id,
  name: text(id),
  division,
  contact: `data@${id}.stile.example`,
});

export const clientOf = (id: string): Client => ({
  id,
  department: id.split('/')[0] ?? '',
  name: text(id),
  keys: [],
});

export const household: Service = {
  id: 'public-security/household/v1',
  department: 'public-security',
  title: text('household'),
  sharing: 'conditional',
  safe: true,
  intent: false,
  contract: {
    digest: 'c0',
    request: schemaOf(['residentId', 'office'], [{ path: 'residentId', role: 'asked', kind: 'resident' }]),
    reply: schemaOf([
      'residentId',
      'householdNumber',
      'address',
      'members',
      'members[].residentId',
      'members[].name',
      'members[].birthDate',
    ]),
    example: {},
  },
  adapter: {
    id: 'public-security/population',
    kind: 'http',
    settings: {},
    isWeaklySigned: false,
    resilience: {
      concurrency: 8,
      queue: 8,
      breaker: { window: 10_000, questions: 10, failures: 0.5, pause: 10_000 },
    },
  },
  ask: {},
  mapping: 'a0',
  deadline: 1000,
  retries: 0,
  release: 'committed',
  replyLimit: 65_536,
};

/** @param change replaces members of the registry */
export const registryOf = (change: Partial<Registry> = {}): Registry => ({
  digest: '00',
  deployment: 'stile.example',
  sandbox: true,
  settings: {
    exchange: {
      bodyLimit: 65_536,
      depthLimit: 32,
      sourceRate: 1000,
      refusals: { source: 10, client: 10, all: 100 },
      hopLimit: 3,
      releaseDeadline: 5000,
      repeatLife: 60,
      trustedProxies: [],
    },
    reload: 'auto',
    retention: { released: 36, other: 6 },
    ledger: {
      deadline: 1000,
      statementDeadline: 1000,
      queue: 1000,
      lease: 10_000,
      checkpointEvery: 1000,
      shards: 1,
      witnesses: [],
      witnessPolicy: { required: 1, stale: 300, whenStale: 'warn' },
    },
    identity: { issuer: 'https://stile.example', tokenLife: 300, clockSkew: 30 },
  },
  purposes: new Map(
    ['public-rental-housing', 'marriage-registration'].map(id => [id, { id, title: text(id), basis: text(id) }]),
  ),
  departments: new Map(['housing', 'public-security'].map(id => [id, departmentOf(id)])),
  clients: new Map(['housing/permits', 'housing/archive'].map(id => [id, clientOf(id)])),
  services: new Map([[household.id, household]]),
  schemas: new Map(),
  ...change,
});

export const agreementOf = (change: Partial<Agreement> = {}): Agreement => ({
  id: 'housing-household',
  version: 1,
  state: agreementState.active,
  provider: 'public-security',
  consumer: 'housing',
  service: household.id,
  purposes: ['public-rental-housing'],
  from: '2026-01-01',
  until: '2026-12-31',
  fields: [{ path: 'residentId' }],
  constraints: [],
  limits: {},
  pins: pinsOf(household),
  ...change,
});
