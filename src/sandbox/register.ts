/** The book in which the fictitious city is written down: new residents, households and marriages, each with its number. */
import { familyName, givenName, joinedName, type Sex } from './names.js';
import { addressIn, birthDivision, type District, xinjiangDivision } from './places.js';
import type { Random } from './random.js';
import {
  birthDateOf,
  type Household,
  type Marriage,
  type MarriageState,
  type Relation,
  type Resident,
  sexOf,
  withCheckDigit,
} from './resident.js';

/** The last year the register knows; a fixed one, so that nothing depends on when it is generated. */
export const lastYear = 2024;
const residenceCardsSince = 1985;
/** Shares of children and of grown-ups who were born in the city. */
const bornHere = 0.9;
const movedHere = 0.4;

export interface Birth {
  readonly sex: Sex;
  readonly year: number;
  /** The family name to bear; absent: drawn, or a joined name when `joined` is set. */
  readonly family?: string;
  readonly joined?: boolean;
  /** A child of residents, most likely born in the city. */
  readonly child?: boolean;
}

export interface Union {
  readonly state: MarriageState;
  readonly marriedOn: string;
  readonly endedOn?: string;
  readonly order?: Marriage['order'];
  readonly certificateNumber?: string;
}

export interface Register {
  readonly residents: Map<string, Resident>;
  readonly households: Household[];
  readonly marriages: Marriage[];
  /** Writes in a resident whose number and name are given. */
  enter(residentId: string, name: string): Resident;
  /** Writes in a resident drawn by chance, under a number nobody has. */
  bear(birth: Birth): Resident;
  /** Puts residents into a new household, each with the relation to its head. */
  settle(kind: Household['kind'], district: District, members: readonly (readonly [Resident, Relation])[]): Household;
  /** Registers a marriage, whatever became of it, with the spouses who live. */
  marry(district: District, spouses: readonly Resident[], union: Union): Marriage;
}

const pad = (number: number, length: number): string => String(number).padStart(length, '0');
/** A day of a year that every month has. */
export const dayIn = (random: Random, year: number): string =>
  `${year}-${pad(random.between(1, 12), 2)}-${pad(random.between(1, 28), 2)}`;

/** An empty register. */
export function openRegister(random: Random): Register {
  const residents = new Map<string, Resident>();
  const households: Household[] = [];
  const marriages: Marriage[] = [];
  const certificates = new Map<string, number>();

  function enter(residentId: string, name: string): Resident {
    const birthDate = birthDateOf(residentId);
    const resident: Resident = {
      residentId,
      name,
      sex: sexOf(residentId),
      birthDate,
      relation: 'member',
      moveInDate: birthDate,
    };
    residents.set(residentId, resident);
    return resident;
  }

  function freeNumber(division: string, sex: Sex, year: number): string {
    const front = `${division}${year}${pad(random.between(1, 12), 2)}${pad(random.between(1, 28), 2)}`;
    for (;;) {
      const sequence = random.between(0, 499) * 2 + (sex === 'male' ? 1 : 0);
      const number = withCheckDigit(front + pad(sequence, 3));
      if (!residents.has(number)) return number;
    }
  }

  function bear({ sex, year, family, joined = false, child = false }: Birth): Resident {
    const name = joined ? joinedName(random, sex) : (family ?? familyName(random)) + givenName(random, sex, year);
    const division = joined ? xinjiangDivision(random) : birthDivision(random, year, child ? bornHere : movedHere);
    return enter(freeNumber(division, sex, year), name);
  }

  function settle(
    kind: Household['kind'],
    district: District,
    members: readonly (readonly [Resident, Relation])[],
  ): Household {
    const household: Household = {
      number: district.division.slice(3) + pad(households.length + 1, 6),
      kind,
      address: addressIn(random, district),
      division: district.division,
      members: members.map(([resident]) => resident),
    };
    households.push(household);
    for (const [resident, relation] of members) {
      resident.household = household;
      resident.relation = relation;
      const born = Number(resident.birthDate.slice(0, 4));
      const first = Math.max(born + 1, residenceCardsSince);
      // Those registered at birth have lived here since; the others moved in some day after.
      if (!resident.residentId.startsWith('4403') && first <= lastYear) {
        resident.moveInDate = dayIn(random, random.between(first, lastYear));
      }
    }
    return household;
  }

  function certificateNumber(kind: 'J' | 'L', district: District, day: string): string {
    const series = `${kind}${district.division}-${day.slice(0, 4)}`;
    const count = (certificates.get(series) ?? 0) + 1;
    certificates.set(series, count);
    return `${series}-${pad(count, 6)}`;
  }

  function marry(district: District, spouses: readonly Resident[], union: Union): Marriage {
    const divorced = union.state === 'divorced';
    const registered = divorced ? (union.endedOn ?? union.marriedOn) : union.marriedOn;
    const marriage: Marriage = {
      spouses,
      order: 'first',
      certificateNumber: certificateNumber(divorced ? 'L' : 'J', district, registered),
      ...union,
    };
    marriages.push(marriage);
    for (const spouse of spouses) spouse.marriage = marriage;
    return marriage;
  }

  return { residents, households, marriages, enter, bear, settle, marry };
}
