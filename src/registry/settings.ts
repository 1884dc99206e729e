/** The gateway's own settings, as config/stile.yaml has them with defaults filled: each part of the gateway is given its slice. */

export interface Settings {
  /** Whether changed files are taken up by themselves, or only when an operator says so. */
  readonly reload: 'auto' | 'manual';
  readonly exchange: ExchangeSettings;
  readonly ledger: RollSettings & WitnessSettings;
  readonly identity: IdentitySettings;
  readonly retention: RetentionSettings;
}

export interface ExchangeSettings {
  /** Largest request body, bytes. */
  readonly bodyLimit: number;
  /** Deepest nesting of a request or reply. */
  readonly depthLimit: number;
  /** Addresses or networks of the load balancers in front, whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Recorded refusals a second before they are answered at once and counted: of one source, of one client per service and code, and over all. */
  readonly refusals: { readonly source: number; readonly client: number; readonly all: number };
  /** Most calls a second of one source, refused or not; far above what any system needs. */
  readonly sourceRate: number;
  /** Longest that a reply waits for the release level of its service, milliseconds. */
  readonly releaseDeadline: number;
  /** Through how many gateways a call may have come. */
  readonly hopLimit: number;
  /** How long a reply stays repeatable by its Idempotency-Key, seconds. */
  readonly repeatLife: number;
}

export interface LedgerSettings {
  /** Longest wait for a record, milliseconds. */
  readonly deadline: number;
  /** Longest wait for one statement, milliseconds. */
  readonly statementDeadline: number;
  /** Most entries waiting for a commit. */
  readonly queue: number;
  /** Life of a shard's lease, milliseconds. */
  readonly lease: number;
  /** How many shards a new store is given. */
  readonly shards: number;
}

/** How long the ledger's months are kept at least, months after their end. */
export interface RetentionSettings {
  /** Where data about somebody was released. */
  readonly released: number;
  /** All others. */
  readonly other: number;
  /** Folder of archived months, from which receipts of dropped records are given; absent: they are refused. */
  readonly archives?: string;
}

/** What the roll needs besides. */
export interface RollSettings extends LedgerSettings {
  /** Least time between two checkpoints of a log, milliseconds. */
  readonly checkpointEvery: number;
  /** Private keys that sign checkpoints, PEM, oldest first; absent: those of the data folder. */
  readonly signingKeys?: readonly string[];
}

/** Who cosigns the roll, and what is asked of them. */
export interface WitnessSettings {
  readonly witnesses: readonly WitnessConfig[];
  /** Of no account where there are no witnesses. */
  readonly witnessPolicy: WitnessPolicy;
}

export interface WitnessConfig {
  /** Its submission prefix (c2sp.org/tlog-witness), with no trailing slash. */
  readonly url: string;
  /** Its verifier key, of signature type 0x04; its name is in it. */
  readonly key: string;
}

export interface WitnessPolicy {
  /** How many must cosign a checkpoint. */
  readonly required: number;
  /** How old their cosignatures may become, seconds. */
  readonly stale: number;
  /** What happens when too few are that young: a warning, or nothing is released. */
  readonly whenStale: 'warn' | 'stop';
}

export interface IdentitySettings {
  /** The issuer, an absolute URL with no trailing slash; tokens and metadata carry it. */
  readonly issuer: string;
  /** Life of a token, seconds. */
  readonly tokenLife: number;
  /** Clock skew tolerated in assertions, seconds. */
  readonly clockSkew: number;
  /** A private JWK file; absent means the data folder's `keys/`. */
  readonly signingKeyFile?: string;
}
