/** A fictitious resident, household and marriage: what the sample departments' systems hold, each in its own form. */
import type { Sex } from './names.js';

/** Where a resident stands in the household. */
export type Relation =
  | 'head'
  | 'spouse'
  | 'son'
  | 'daughter'
  | 'grandchild'
  | 'parent'
  | 'grandparent'
  | 'sibling'
  | 'other'
  | 'member';

export interface Resident {
  readonly residentId: string;
  readonly name: string;
  readonly sex: Sex;
  /** `1988-04-12` */
  readonly birthDate: string;
  /** The latest marriage, ended or not; absent for who never married. */
  marriage?: Marriage;
  household?: Household;
  relation: Relation;
  moveInDate: string;
}

/** How a marriage stands. */
export type MarriageState = 'married' | 'divorced' | 'widowed';

export interface Marriage {
  readonly state: MarriageState;
  /** One or both spouses: the dead are in no register of the living. */
  readonly spouses: readonly Resident[];
  /** Whether it is a first marriage, for both; older records do not say. */
  readonly order: 'first' | 'again' | 'unsaid';
  readonly marriedOn: string;
  /** The day of the divorce or of the other's death. */
  readonly endedOn?: string;
  readonly certificateNumber: string;
}

export interface Household {
  /** Nine digits. */
  readonly number: string;
  readonly kind: 'family' | 'collective';
  readonly address: string;
  readonly division: string;
  /** The head first, if there is one. */
  readonly members: readonly Resident[];
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Appends the check digit of GB 11643 to 17 digits. */
export function withCheckDigit(digits: string): string {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) sum += (digits.charCodeAt(at) - 48) * (weights[at] ?? 0);
  return digits + '10X98765432'.charAt(sum % 11);
}

/** The date of birth that a number carries, as `1988-04-12`. */
export const birthDateOf = (residentId: string): string =>
  `${residentId.slice(6, 10)}-${residentId.slice(10, 12)}-${residentId.slice(12, 14)}`;

/** The sex that a number carries: its 17th digit is odd for men. */
export const sexOf = (residentId: string): Sex => (Number(residentId[16]) % 2 === 1 ? 'male' : 'female');
