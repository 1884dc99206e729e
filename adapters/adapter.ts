/** The one interface between the gateway and any department's own system. Adapters import only this file and libraries. */
import type { Logger } from 'pino';
import type { FindAddresses } from './address-guard.js';

export type JsonObject = { readonly [member: string]: unknown };

/** What every adapter module exports as `adapter`. */
export interface AdapterModule {
  /** The `kind` that config names. */
  readonly kind: string;
  /** JSON Schema 2020-12 of the adapter's settings; the check of config, editors' completion and the docs come from it. */
  readonly settingsSchema: JsonObject;
  /** JSON Schema 2020-12 of a service's own settings (`ask:` in config). */
  readonly serviceSchema: JsonObject;
  /** Most questions asked of one system at a time where config says nothing, if that is fewer than usual. */
  readonly concurrency?: number;
  /** Settings by which nothing is asked otherwise, but only checked: no agreement pins them. */
  readonly unpinned?: readonly string[];
  /** The module only reads: the check of config refuses a service with effects. */
  readonly onlyReads?: true;
  /** Each question names the intent in the gateway's ledger: one is durable before it is asked, whatever config says. */
  readonly namesIntent?: true;
  /**
   * Faults in a service's settings that no schema can see, such as a code list that is named but not there. Pure but for the
   * files that settings name; called for what the schemas accept, and before references such as `${env:NAME}` are replaced.
   */
  check?(settings: JsonObject, ask: JsonObject, readFile?: ReadConfigFile): readonly SettingFault[];
  /** The same of the adapter's own settings; pointers are from these. */
  checkSettings?(settings: JsonObject, readFile: ReadConfigFile): readonly SettingFault[];
  /** Addresses at which the system is by its own description, where settings name one; safety rules hold `baseUrl` against them. */
  addresses?(settings: JsonObject, readFile: ReadConfigFile): readonly string[];
  /**
   * Whether what shows a system with these settings who asks binds nothing of what is asked, so that whoever sees one
   * question could put another; the record of each call says so. Pure.
   */
  isWeaklySigned?(settings: JsonObject): boolean;
  /** The contract's fields that a service's settings name; the check of config holds them against the contract. Pure. */
  names?(ask: JsonObject): readonly NamedField[];
  /** The services that a service is made of; only of a module that makes services of others. Pure. */
  parts?(ask: JsonObject): readonly NamedPart[];
  open(settings: JsonObject, context: AdapterContext): Adapter;
}

/** Reads a file below the config folder, by its path from there; undefined where there is none. */
export type ReadConfigFile = (path: string) => Buffer | undefined;

/** A field of the contract that a service's settings name. */
export interface NamedField {
  readonly half: (typeof namedIn)[keyof typeof namedIn];
  /** As in the contract: `members[].name`. */
  readonly path: string;
  /** RFC 6901, from the service's own settings. */
  readonly pointer: string;
}
export const namedIn = { request: 'request', reply: 'reply' } as const;

/** A service that another is made of. */
export interface NamedPart {
  readonly step: string;
  /** `department/service/v1` */
  readonly service: string;
  /** RFC 6901, from the service's own settings: where it is named. */
  readonly pointer: string;
  /** Without its reply there is none of the whole. */
  readonly isNeeded: boolean;
  /** The fields of its contract that are named, wherever that is in the settings. */
  readonly fields: readonly NamedField[];
}

/** What a contract says of its fields, as far as a system can be held against it. */
export interface ContractShape {
  readonly request: ReadonlyMap<string, FieldShape>;
  readonly reply: ReadonlyMap<string, FieldShape>;
}

/** JSON Schema's words. */
export interface FieldShape {
  readonly type: string | undefined;
  readonly format: string | undefined;
}

/** A fault in a service's own settings. It quotes names and paths of config, nothing else. */
export interface SettingFault {
  /** RFC 6901, from the service's own settings. */
  readonly pointer: string;
  readonly message: { readonly zh: string; readonly en: string };
  /** What would be right. */
  readonly fix: { readonly zh: string; readonly en: string };
}

export interface AdapterContext {
  readonly logger: Logger;
  /** Most questions and probes that the gateway has under way at a time, and so most connections an adapter needs. */
  readonly concurrency: number;
  /** Name of the gateway's own deployment. */
  readonly deployment: string;
  /** The gateway's strict JSON reader (src/json.ts): a reply passes through no other. */
  readJson(text: Buffer | string, depthLimit: number): { readonly value: unknown } | { readonly fault: string };
  /** Finds the addresses of a name; the operating system does without it. What it finds is judged all the same. */
  readonly findAddresses?: FindAddresses;
}

/** One open connection to a department's system, shared by its services. */
export interface Adapter {
  /**
   * Asks the department one question.
   *
   * @param request a request that its contract has accepted
   * @param call how to ask: the service's own settings, the deadline, and what the department may know of the call
   * @returns the reply in the contract's names, not yet checked, or why there is none. It never throws for what a department does.
   */
  ask(request: JsonObject, call: Call): Promise<Answer | Failure>;
  /** Whether the department's system can be reached now. */
  probe(signal: AbortSignal): Promise<Failure | null>;
  /**
   * Holds a service's own settings against the live system, without asking it for any data.
   *
   * @returns what would fail at every question, or why that cannot be told
   */
  examine?(ask: JsonObject, contract: ContractShape, signal: AbortSignal): Promise<readonly SettingFault[] | Failure>;
  /** Ends all connections. Called when no question is under way: between tries an adapter may have none open to wait for. */
  close(): Promise<void>;
}

export interface Call {
  /** The service's own settings, by the module's `serviceSchema`; the same frozen object each time. */
  readonly ask: JsonObject;
  readonly safe: boolean;
  /** Milliseconds this call may take in all, retries included. */
  readonly deadline: number;
  /** Tries after the first; none where the service is not safe. */
  readonly retries: number;
  /** Most bytes of a reply, after decompression. */
  readonly replyLimit: number;
  /** Deepest nesting of a reply. */
  readonly depthLimit: number;
  readonly service: string;
  readonly purpose: string;
  readonly case: string | undefined;
  readonly operator: string | undefined;
  readonly traceparent: string;
  /** The record's id; goes to the department's system as its request id. */
  readonly requestId: string;
  /** What another gateway is told, and no department's own system; there whenever an intent is durable. */
  readonly origin: Origin | undefined;
  /** How to ask the services that this one is made of; absent for all others. */
  readonly parts?: Parts;
}

/** Where a call comes from. */
export interface Origin {
  /** Id of the client that asks. */
  readonly client: string;
  /** The client's own `Idempotency-Key`. */
  readonly idempotencyKey: string | undefined;
  /** Position of the intent in the gateway's ledger, `shard/index`. */
  readonly record: string;
  /** Deployments of the gateways that the call has come through before this one, in order. */
  readonly via: readonly string[];
}

/** The record that another gateway says it made of a question. */
export interface PeerRecord {
  readonly deployment: string;
  /** `shard/index` */
  readonly record: string;
}

/** How a service that is made of others asks them. It belongs to one call, so that nobody can be asked in another's name. */
export interface Parts {
  /**
   * One exchange of the call's own client, under that client's agreement for the service: checked, decided, limited, cut
   * to the grant and recorded. It never rejects.
   */
  exchange(question: PartQuestion): Promise<PartReply | Reason>;
  /** What is said of a part that could not be asked. */
  readonly notAsked: Reason;
}

export interface PartQuestion {
  readonly step: string;
  /** `department/service/v1` */
  readonly service: string;
  readonly request: unknown;
  /** By `performance.now()`: no time is left after it. */
  readonly until: number;
}

/** What the client may see of a part's reply. */
export interface PartReply {
  readonly body: JsonObject;
  readonly asOf: string | undefined;
}

/** Why a part gave no reply, as the client would have been told by that service, in its own language. */
export interface Reason {
  readonly code: string;
  readonly title: string;
}

export interface Answer {
  readonly body: unknown;
  /** When the data was true, RFC 3339, if the department's system says. */
  readonly asOf?: string;
  readonly peer?: PeerRecord;
}

/** The closed union of what can go wrong at a department; the gateway's step *ask* maps each to an error code. */
export const failure = {
  /** No answer within the deadline. */
  timeout: 'timeout',
  /** No connection, or it broke before an answer began. */
  unreachable: 'unreachable',
  /** The connection broke in the middle of the answer. */
  cutOff: 'cut-off',
  /** Wrong content type, or a body that cannot be read. */
  malformed: 'malformed',
  /** More bytes than allowed, compressed or not. */
  tooLarge: 'too-large',
  /** The department's system answered that it failed (5xx, a fault). */
  failing: 'failing',
  /** The department's system did not accept the question (4xx). */
  rejected: 'rejected',
  /** The department's system did not accept the gateway's own credentials. */
  denied: 'denied',
  /** The department's system, or the gateway on its behalf, takes no more for now. */
  busy: 'busy',
  /** The gateway does not ask it for a while, as it failed too often. */
  paused: 'paused',
  /** A service that this one is made of gave no reply, or too little of one. */
  parts: 'parts',
} as const;
export type FailureKind = (typeof failure)[keyof typeof failure];

export interface Failure {
  readonly failure: FailureKind;
  /** For the operators' log; holds no payload value and no secret. */
  readonly detail: string;
  /** True where the department has certainly not acted, though the kind alone would not say so: nothing was sent, or it refused. */
  readonly notActed?: true;
  /** True where the gateway did not even turn to the department's system. */
  readonly notAsked?: true;
  /** The system itself is well: what lies behind it failed. */
  readonly behind?: true;
  readonly peer?: PeerRecord;
}

export const isFailure = (found: Answer | Failure): found is Failure => 'failure' in found;
