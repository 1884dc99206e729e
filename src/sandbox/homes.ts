/** Which homes of the fictitious city belong to whom: drawn from each household's own number, so that nobody else's data moves. */
import { addressIn, districts } from './places.js';
import type { Population } from './population.js';
import { type Random, randomFrom } from './random.js';
import { dayIn, lastYear } from './register.js';
import type { Household, Resident } from './resident.js';

export interface Home {
  /** 28 characters: parcel and building, by the national rule for real-estate units. */
  readonly unitCode: string;
  readonly address: string;
  /** Square metres, with two decimals. */
  readonly floorArea: string;
  /** Both spouses own it together, or one alone. */
  readonly owners: readonly Resident[];
  readonly registeredOn: string;
}

const ownersShare = 0.55;
const secondHome = 0.08;
const youngestOwner = 24;
/** The first year of the city's register. */
const since = 1999;

/** All homes, in the order of their households. */
export const homesOf = ({ households }: Population): Home[] => households.flatMap(homesOfHousehold);

function homesOfHousehold(household: Household): Home[] {
  const [head] = household.members;
  const random = randomFrom(Number(household.number));
  if (household.kind !== 'family' || head === undefined || !random.chance(ownersShare)) return [];
  const first = Math.max(since, Number(head.birthDate.slice(0, 4)) + youngestOwner);
  if (first > lastYear) return [];
  const { marriage } = head;
  const married = marriage?.state === 'married' && household.members.some(({ relation }) => relation === 'spouse');
  const owners = married ? marriage.spouses : [head];
  const homes = [home(random, household, 1, household.address, owners, first)];
  if (random.chance(secondHome)) {
    homes.push(home(random, household, 2, addressIn(random, random.pick(districts)), [head], first));
  }
  return homes;
}

function home(
  random: Random,
  { number, division }: Household,
  order: number,
  address: string,
  owners: readonly Resident[],
  first: number,
): Home {
  const digits = (from: number, to: number, length: number): string =>
    String(random.between(from, to)).padStart(length, '0');
  const parcel = `${division}${digits(1, 20, 3)}${digits(1, 30, 3)}GB${digits(1, 99_999, 5)}`;
  return {
    unitCode: `${parcel}F${number.slice(3)}0${order}`,
    address,
    floorArea: `${random.between(38, 149)}.${digits(0, 99, 2)}`,
    owners,
    registeredOn: dayIn(random, random.between(first, lastYear)),
  };
}
