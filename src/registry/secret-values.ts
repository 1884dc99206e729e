/** Finds the secrets in an adapter's settings, so that what a department answers can be searched for them before anybody is shown it. */
import { adapterKinds } from './adapter-kinds.js';

/** Shorter ones would be found in every text. */
const leastLength = 4;

/** The members that any module's schema says are secret, by name: schemas refer to each other, and share these. */
const secretNames = new Set([...adapterKinds.values()].flatMap(({ settingsSchema }) => namesIn(settingsSchema)));

function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, below]) => [...(isSecret(below) ? [name] : []), ...namesIn(below)]);
}

function isSecret(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'x-stile-secret' in schema;
}

/** @param settings with references resolved */
export function secretsIn(settings: unknown): string[] {
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.entries(settings).flatMap(([name, held]) =>
    typeof held === 'string' && secretNames.has(name) && held.length >= leastLength ? [held] : secretsIn(held),
  );
}

const hidden = '***';

/** The JSON value with each text that holds one of the secrets in another's place. */
export function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return secrets.some(secret => value.includes(secret)) ? hidden : value;
  if (Array.isArray(value)) return value.map(item => withoutSecrets(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, withoutSecrets(held, secrets)]));
}
