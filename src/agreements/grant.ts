/** A grant: an agreement compiled against the service's contract, once, so that an exchange only runs what it found. */
import { dayStart } from '../registry/formats/calendar.js';
import type { Registry } from '../registry/registry.js';
import type { Agreement, AgreementState } from './agreement.js';
import { type CompiledConstraint, compileConstraint } from './constraint.js';
import { maskKey } from './mask.js';
import { compileMinimiser, type Minimise } from './minimiser.js';
import { stateOf } from './state.js';

export interface Grant {
  readonly agreement: Agreement;
  /** The agreement's state, or `waiting` when it is active but stands on what is no more. */
  readonly state: AgreementState;
  readonly purposes: ReadonlySet<string>;
  /** Client ids such as `housing/permits`; undefined: every client of the consumer. */
  readonly clients: ReadonlySet<string> | undefined;
  /** First millisecond in force, since 1970 UTC. */
  readonly from: number;
  /** First millisecond no longer in force. */
  readonly until: number;
  readonly constraints: readonly CompiledConstraint[];
  readonly minimise: Minimise;
  /** The granted field paths as the agreement names them, for the record. */
  readonly paths: readonly string[];
}

const dayMilliseconds = 86_400_000;

/**
 * Compiles an agreement.
 *
 * @param secret from which the keys of `hash` masks are made
 * @returns null when the registry has no such service or consumer: then nobody can ask either
 */
export function compileGrant(agreement: Agreement, registry: Registry, secret: Buffer): Grant | null {
  const service = registry.services.get(agreement.service);
  const consumer = registry.departments.get(agreement.consumer);
  if (service === undefined || consumer === undefined) return null;
  return Object.freeze({
    agreement,
    state: stateOf(agreement, service),
    purposes: new Set(agreement.purposes),
    clients: agreement.clients && new Set(agreement.clients.map(client => `${agreement.consumer}/${client}`)),
    from: dayStart(agreement.from),
    until: dayStart(agreement.until) + dayMilliseconds,
    constraints: Object.freeze(agreement.constraints.map(each => compileConstraint(each, consumer.division))),
    minimise: compileMinimiser(agreement.fields, service.contract.reply.fields.keys(), maskKey(secret, agreement.id)),
    paths: Object.freeze(agreement.fields.map(field => field.path)),
  });
}
