/** What a test changes of a gateway's settings so that witnesses watch its ledger: keys that are known before it starts, and who is asked. */
import { createPrivateKey } from 'node:crypto';
import { newLogKey } from '../../src/ledger/log-key.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import type { Registry } from '../../src/registry/registry.js';
import type { WitnessPolicy } from '../../src/registry/settings.js';

export interface LogKey {
  readonly pem: string;
  /** As witnesses and auditors are told it. */
  readonly verifierKey: string;
}

export function logKeyFor(deployment = 'stile.example'): LogKey {
  const pem = newLogKey();
  const [verifierKey = ''] = verifierKeysOf(`${deployment}/ledger`, [createPrivateKey(pem)]);
  return { pem, verifierKey };
}

export interface AskedOf {
  readonly url: string;
  readonly verifierKey: string;
}

/** Signs ten times a second, which config does not allow: tests need not wait. */
export const watched =
  ({ pem }: LogKey, witnesses: readonly AskedOf[], policy: Partial<WitnessPolicy> = {}) =>
  (registry: Registry): Registry => ({
    ...registry,
    settings: {
      ...registry.settings,
      ledger: {
        ...registry.settings.ledger,
        checkpointEvery: 100,
        signingKeys: [pem],
        witnesses: witnesses.map(({ url, verifierKey: key }) => ({ url, key })),
        witnessPolicy: { required: witnesses.length, stale: 300, whenStale: 'warn', ...policy },
      },
    },
  });
