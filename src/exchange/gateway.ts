/** What an exchange is handed: each held resource by its own interface, made once at boot. */
import type { Logger } from 'pino';
import type { AgreementIndex } from '../agreements/agreement-index.js';
import type { TokenVerifier } from '../identity/key-ring.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Signed } from '../ledger/signed.js';
import type { InForce } from './in-force.js';
import type { Quota } from './limit.js';
import type { RefusalGate } from './refusals.js';
import type { Repeats } from './repeat.js';

export interface Gateway {
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** The registry and its adapters in force; an exchange holds them until it ends. */
  readonly inForce: InForce;
  readonly tokens: TokenVerifier;
  readonly agreements: AgreementIndex;
  readonly quota: Quota;
  readonly repeats: Repeats;
  readonly ledger: Ledger;
  /** How much of the ledger is signed and cosigned. */
  readonly signed: Signed;
  readonly refusals: RefusalGate;
  readonly logger: Logger;
}
