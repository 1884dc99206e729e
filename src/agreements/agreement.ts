/** An agreement: a provider grants a consumer some fields of a service, for named purposes, for a time, within limits. */
export const agreementState = { active: 'active', suspended: 'suspended', waiting: 'waiting', ended: 'ended' } as const;
export type AgreementState = (typeof agreementState)[keyof typeof agreementState];

export interface Agreement {
  readonly id: string;
  /** Counts up with every change of this agreement. */
  readonly version: number;
  readonly state: AgreementState;
  readonly provider: string;
  readonly consumer: string;
  /** `department/service/v1` */
  readonly service: string;
  readonly purposes: readonly string[];
  /** Client ids within the consumer; absent: all of them. */
  readonly clients?: readonly string[];
  /** First and last day, `YYYY-MM-DD`, both included, in the deployment's time zone (UTC+8). */
  readonly from: string;
  readonly until: string;
  readonly fields: readonly GrantedField[];
  readonly constraints: readonly Constraint[];
  readonly limits: { readonly second?: number; readonly day?: number };
  /** What the agreement was granted on; when one moves, it waits for the provider's consent. */
  readonly pins: Pins;
}

export interface Pins {
  readonly contract: string;
  readonly mapping: string;
  readonly sharing: string;
}

export interface GrantedField {
  /** As in the reply contract's fields: `spouse.name`, `members[].residentId`. A path to an object or array grants all below it. */
  readonly path: string;
  readonly mask?: Mask;
}

export type Mask =
  | { readonly kind: 'keep-first'; readonly count: number }
  | { readonly kind: 'keep-last'; readonly count: number }
  | { readonly kind: 'year-only' }
  | { readonly kind: 'hash' }
  | { readonly kind: 'exists' };

/** A rule on the request that must hold. */
export type Constraint =
  /** The division code that begins the resident identity number lies in the consumer's own division. */
  | { readonly kind: 'own-division'; readonly field: string }
  | { readonly kind: 'one-of'; readonly field: string; readonly values: readonly (string | number | boolean)[] };
