/** The shape of the registry: all of config/ and schemas/ as one frozen object. */
import type { Text } from '../text.js';
import type { Settings } from './settings.js';

/** A service's sharing type, as the public sector's directories have it. */
export const sharing = { unconditional: 'unconditional', conditional: 'conditional', withheld: 'withheld' } as const;
export type Sharing = (typeof sharing)[keyof typeof sharing];

/** What must be true of an access record before its reply is released. */
export const releaseLevel = {
  /** It is durable and in the tree: always so. */
  committed: 'committed',
  /** A signed checkpoint covers it. */
  checkpointed: 'checkpointed',
  /** As many witnesses as the policy asks for have cosigned one that covers it. */
  witnessed: 'witnessed',
} as const;
export type ReleaseLevel = (typeof releaseLevel)[keyof typeof releaseLevel];

export interface Registry {
  /** SHA-256 in hex over every file's path and bytes, so that a record can name what was in force. */
  readonly digest: string;
  /** Name of this deployment, a DNS-like string; origin of the ledger's checkpoints. */
  readonly deployment: string;
  /** True for the sample deployment only: sample departments, sample keys and sample staff are accepted. */
  readonly sandbox: boolean;
  /** config/stile.yaml, one slice a part; each part is handed only its own. */
  readonly settings: Settings;
  readonly purposes: ReadonlyMap<string, Purpose>;
  /** By department id. */
  readonly departments: ReadonlyMap<string, Department>;
  /** By `department/client`. */
  readonly clients: ReadonlyMap<string, Client>;
  /** By `department/service/v1`. */
  readonly services: ReadonlyMap<string, Service>;
  /** Every JSON Schema of contracts and the shared vocabulary, by `$id`: what a contract's `$ref` leads to. */
  readonly schemas: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export interface Purpose {
  readonly id: string;
  readonly title: Text;
  readonly basis: Text;
}

export interface Department {
  readonly id: string;
  readonly name: Text;
  /** GB/T 2260 code of the area the department serves. */
  readonly division: string;
  /** Whom a caller may ask; named in remedies. */
  readonly contact: string;
  /** Of a department that asks through a peer: the peer's id, under which it is `<peer>.<department>`. */
  readonly peer?: string;
  /** It is a peer itself: its departments ask, and it does not. */
  readonly isPeer?: true;
}

/** Another Stile gateway, whose clients ask on behalf of its departments. */
export interface Peer {
  /** Name of its deployment. */
  readonly deployment: string;
}

export interface Client {
  /** `department/client`, the OAuth `client_id`. */
  readonly id: string;
  readonly department: string;
  readonly name: Text;
  /** Public keys as JWKs (RFC 7517). */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  /** Of a client that is a peer's gateway: it asks nothing for itself. */
  readonly peer?: Peer;
}

export interface Service {
  /** `department/service/v1` */
  readonly id: string;
  readonly department: string;
  readonly title: Text;
  readonly description?: Text;
  readonly sharing: Sharing;
  /** Why a withheld service is withheld. */
  readonly reason?: Text;
  /** True when asking changes nothing at the department: retries and GET are allowed. */
  readonly safe: boolean;
  /** True when an intent must be durable before the department is asked: effects, config says so, or its adapter names it. */
  readonly intent: boolean;
  readonly contract: Contract;
  /** The adapter that asks: id within the department, kind and its settings with secrets resolved. Absent only where sharing is withheld. */
  readonly adapter?: AdapterConfig;
  /** The services it is made of; absent for all but composite ones. */
  readonly parts?: readonly ServicePart[];
  /** This service's own settings for that adapter, by the adapter's `serviceSchema`. */
  readonly ask: Readonly<Record<string, unknown>>;
  /**
   * SHA-256 in hex over the adapter's kind and settings and over `ask`, as canonical JSON of what the files say:
   * with references unresolved, so that no secret is in it and no restart moves it.
   */
  readonly mapping: string;
  /** Longest time the department may take, in milliseconds, waiting and retries included. */
  readonly deadline: number;
  /** Tries after the first; none where the service is not safe. */
  readonly retries: number;
  readonly release: ReleaseLevel;
  /** Milliseconds for which a reply is given again to the same request; absent where each is asked for. */
  readonly cacheLife?: number;
  /** Largest reply accepted from the department, in bytes. */
  readonly replyLimit: number;
  /** Absent while the service is not deprecated. */
  readonly deprecation?: Deprecation;
}

/** One of the services that a composite one is made of. */
export interface ServicePart {
  readonly step: string;
  /** `department/service/v1` */
  readonly service: string;
  /** Without its reply there is none of the composite. */
  readonly isNeeded: boolean;
}

/** That callers should move elsewhere. */
export interface Deprecation {
  /** First day, `YYYY-MM-DD`, in UTC+8. */
  readonly since: string;
  /** Last day it is promised to be answered. */
  readonly sunset?: string;
  /** `department/service/v2` */
  readonly successor?: string;
  /** Address of a page that says what to do. */
  readonly documentation?: string;
  /** What every reply says of it. */
  readonly headers: Readonly<Record<'deprecation' | 'link' | 'sunset', string | undefined>>;
}

export interface AdapterConfig {
  /** `department/adapter` */
  readonly id: string;
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the module says of these settings. */
  readonly isWeaklySigned: boolean;
  readonly resilience: Resilience;
}

/** How much is asked of a department's system at a time, and when it is left alone. */
export interface Resilience {
  /** Most questions at a time. */
  readonly concurrency: number;
  /** Most questions that wait for their turn. */
  readonly queue: number;
  readonly breaker: BreakerSettings;
}

export interface BreakerSettings {
  /** The questions of so many milliseconds are counted. */
  readonly window: number;
  /** Fewest to judge by. */
  readonly questions: number;
  /** Part of them that must have failed. */
  readonly failures: number;
  /** Milliseconds for which it is left alone. */
  readonly pause: number;
}

export interface Contract {
  /**
   * SHA-256 in hex over request, reply and the vocabulary they refer to, as canonical JSON without annotations: it moves
   * when what passes or what a field is moves, not with a better title.
   */
  readonly digest: string;
  readonly request: CompiledSchema;
  readonly reply: CompiledSchema;
  /** A request that succeeds in the sandbox: the request schema's first example. */
  readonly example: unknown;
}

export interface CompiledSchema {
  readonly schema: Readonly<Record<string, unknown>>;
  /** Null when valid. Never coerces, removes or defaults. */
  check(value: unknown): readonly Violation[] | null;
  /** Where the schema says a person or enterprise is named. */
  readonly subjects: readonly SubjectField[];
  /** Every field path the schema can produce, arrays as `[]`: `spouse.name`, `members[].residentId`. */
  readonly fields: ReadonlyMap<string, FieldSchema>;
}

/** What a field is: enough for grants, checks and the API description. */
export interface FieldSchema {
  readonly path: string;
  readonly type: string | undefined;
  /** The format of a string, as in src/registry/formats.ts. */
  readonly format: string | undefined;
  /** The values it may have, where the schema lists them. */
  readonly values?: readonly unknown[];
  readonly sensitivity: string | undefined;
  readonly title: Text | undefined;
}

/** A fault in data; by design it never carries the value. */
export interface Violation {
  /** RFC 6901 */
  readonly pointer: string;
  readonly keyword: string;
  readonly message: Text;
}

export interface SubjectField {
  /** Path as in {@link CompiledSchema.fields}. */
  readonly path: string;
  readonly role: 'asked' | 'related';
  /** What kind of identifier it is: `resident` or `organisation`. */
  readonly kind: string;
}
