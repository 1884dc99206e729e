/** The verifier key under which a test's gateway signs its roll, as an auditor is told it. */
import { logKeyFolder, readLogKeys } from '../../src/ledger/log-key.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';

export function rollKey({ dataFolder }: { readonly dataFolder: string }, deployment = 'stile.example'): string {
  const newest = verifierKeysOf(`${deployment}/ledger`, readLogKeys(logKeyFolder(dataFolder))).at(-1);
  if (newest === undefined) throw new Error('there is no key');
  return newest;
}
