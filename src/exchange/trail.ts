/** The trail of one exchange: each step notes here what the record shall say, whatever becomes of the exchange. */

import type { PeerRecord } from '../../adapters/adapter.js';
import type { Grant } from '../agreements/grant.js';
import { errors } from '../errors.js';
import type { StaffPrincipal } from '../identity/principal.js';
import type { EntryBody, Outcome, Subject } from '../ledger/ledger.js';
import { outcome } from '../ledger/ledger.js';
import type { Exit } from '../problem.js';
import { randomId } from '../random.js';
import type { Client, Registry, Service } from '../registry/registry.js';
import type { Adapters } from './adapters.js';
import type { RawCall } from './call.js';
import type { Considered } from './decide.js';
import type { Held } from './in-force.js';
import type { Part, Under } from './parts.js';
import type { Claim } from './repeat.js';
import { traceOf } from './trace.js';

/** A peer that asks on behalf of one of its departments, and what it says of the call. */
export interface Asking {
  /** Its gateway, a client of this one. */
  readonly gateway: Client;
  readonly deployment: string;
  /** Id of its record of the call. */
  readonly id: string;
  /** Position of its intent, `shard/index`. */
  readonly record: string;
  /** Deployments of the gateways that the call has come through, the peer's own last. */
  readonly via: readonly string[];
}

export interface Trail {
  readonly id: string;
  readonly kind: 'exchange' | 'explain';
  /** The exchange's one clock reading, milliseconds since 1970 UTC. */
  readonly now: number;
  /** The exchange's one registry. */
  readonly registry: Registry;
  /** The adapters that were opened for it. */
  readonly adapters: Adapters;
  /** What keeps both open. */
  readonly held: Held;
  readonly source: string;
  readonly traceparent: string;
  /** Who asks; behind a peer its department's own client. */
  client: Client | undefined;
  /** The peer through which the client asks. */
  asking: Asking | undefined;
  /** Staff who tried, though they have no business here. */
  staff: Pick<StaffPrincipal, 'id' | 'role'> | undefined;
  /** What was asked for, as named by the caller; set even when there is no such service. */
  serviceNamed: string | undefined;
  service: Service | undefined;
  /** What `Stile-Purpose` states, or else the token. */
  purpose: string | undefined;
  /** The purpose the token carries. */
  tokenPurpose: string | undefined;
  case: string | undefined;
  operator: string | undefined;
  grant: Grant | undefined;
  /** What an explanation tells of each agreement of the client's department. */
  considered: readonly Considered[] | undefined;
  /** The agreements' version the last decision was made under. */
  agreements: number | undefined;
  subjects: readonly Subject[];
  /** Bytes of the request as they came. */
  request: Buffer | undefined;
  /** True from the moment the department may have been asked. */
  asked: boolean;
  /** True when something may have changed at the department though no reply will be released. */
  mayHaveActed: boolean;
  /** Position of the durable intent, `shard/index`; the record closes it. */
  intent: string | undefined;
  /** What the peer that was asked says it recorded. */
  answering: PeerRecord | undefined;
  /** The `Idempotency-Key` this exchange holds. */
  claim: Claim | undefined;
  /** Ledger position of the record whose reply is repeated. */
  repeats: string | undefined;
  /** Id of the exchange whose reply was kept and is given again. */
  cached: string | undefined;
  /** Position of the intent of the composite that this is a part of. */
  readonly parent: string | undefined;
  /** By `performance.now()`, when that composite's time is over. */
  readonly until: number | undefined;
  /** What the exchanges that a composite is made of have come to so far. */
  parts: readonly Part[];
  /** The agreements that a composite's parts were released under, those of their own parts among them. */
  under: readonly Under[];
}

const none: readonly never[] = [];

export function openTrail(call: RawCall, held: Held, now: number, kind: Trail['kind']): Trail {
  const { registry, adapters } = held;
  const { traceparent } = call.headers;
  return {
    id: randomId(),
    kind,
    now,
    registry,
    adapters,
    held,
    source: call.source,
    traceparent: traceOf(typeof traceparent === 'string' ? traceparent : undefined),
    // Every member from the start: objects that grow are slow to read, and each exchange reads this one often.
    client: undefined,
    asking: undefined,
    staff: undefined,
    serviceNamed: undefined,
    service: undefined,
    purpose: undefined,
    tokenPurpose: undefined,
    case: undefined,
    operator: undefined,
    grant: undefined,
    considered: undefined,
    agreements: undefined,
    subjects: [],
    request: undefined,
    asked: false,
    mayHaveActed: false,
    intent: undefined,
    answering: undefined,
    claim: undefined,
    repeats: undefined,
    cached: undefined,
    parent: undefined,
    until: undefined,
    parts: none,
    under: none,
  };
}

/** What became of the exchange: a fault of the department or the gateway is `failed`, a no to the caller `refused`. */
export function outcomeOf(trail: Trail, exit: Exit | undefined): Outcome {
  if (exit === undefined) return outcome.released;
  if (trail.mayHaveActed) return outcome.unknown;
  return errors[exit.code].status >= 500 || exit.code === 'STILE_CALLER_GONE' ? outcome.failed : outcome.refused;
}

function recordsOf(parts: readonly Part[]): readonly string[] | undefined {
  const records = parts.flatMap(({ record }) => record ?? []);
  return records.length === 0 ? undefined : records;
}

/** The entry of the trail's record, without the members that are the ledger's. Members that are undefined are left out. */
export function entryOf(trail: Trail, exit: Exit | undefined): EntryBody {
  const named = trail.serviceNamed;
  return {
    agreement: trail.grant && { id: trail.grant.agreement.id, version: trail.grant.agreement.version },
    asked: trail.asked,
    cached: trail.cached,
    case: trail.case,
    client: trail.client?.id,
    code: exit?.code,
    consumer: trail.client?.department,
    fields: exit === undefined ? trail.grant?.paths : undefined,
    id: trail.id,
    intent: trail.intent === undefined ? undefined : trail.id,
    kind: trail.kind,
    operator: trail.operator === undefined ? undefined : { assurance: 'asserted', id: trail.operator },
    outcome: trail.kind === 'explain' && exit === undefined ? undefined : outcomeOf(trail, exit),
    parent: trail.parent,
    parts: trail.parts.length === 0 ? undefined : recordsOf(trail.parts),
    peers: peersOf(trail),
    provider: named?.slice(0, named.indexOf('/')),
    purpose: trail.purpose,
    registry: trail.registry.digest,
    repeats: trail.repeats,
    service: named,
    signature: trail.asked && trail.service?.adapter?.isWeaklySigned ? 'weak' : undefined,
    source: trail.client === undefined ? trail.source : undefined,
    staff: trail.staff,
    stage: exit && errors[exit.code].stage,
    trace: trail.traceparent,
  };
}

/** The records of other gateways that this exchange has to do with: in each, this one's is named as well. */
function peersOf({ asking, answering, intent }: Trail): Readonly<Record<string, unknown>> | undefined {
  if (asking === undefined && answering === undefined) return undefined;
  return {
    answering: answering && { ...answering, intent },
    asking: asking && {
      client: asking.gateway.id,
      deployment: asking.deployment,
      id: asking.id,
      record: asking.record,
      via: asking.via.length > 1 ? asking.via : undefined,
    },
  };
}
