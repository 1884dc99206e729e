/** The kinds of families and hostels that fill the fictitious city. */
import { districts } from './places.js';
import type { Random } from './random.js';
import { dayIn, lastYear, type Register } from './register.js';
import type { Relation, Resident } from './resident.js';

const yearOf = (resident: Resident): number => Number(resident.birthDate.slice(0, 4));
const familyOf = (resident: Resident): string | undefined =>
  resident.name.includes('·') ? undefined : resident.name.slice(0, resident.name.length > 3 ? 2 : 1);
const childRelation = (child: Resident): Relation => (child.sex === 'male' ? 'son' : 'daughter');

interface Couple {
  readonly husband: Resident;
  readonly wife: Resident;
  /** Years of the wedding and of the first possible child. */
  readonly since: number;
}

/** What a generator of one kind of household is given. */
interface Town {
  readonly random: Random;
  readonly register: Register;
}

const joinedShare = 0.03;
const grownUp = 27;

function bearCouple({ random, register }: Town, husbandYear: number, family?: string): Couple {
  const joined = family === undefined && random.chance(joinedShare);
  const husband = register.bear({
    sex: 'male',
    year: husbandYear,
    joined,
    ...(family === undefined ? {} : { family }),
  });
  const wifeYear = Math.min(husbandYear + random.between(-3, 5), lastYear - 22);
  const wife = register.bear({ sex: 'female', year: wifeYear, joined });
  const earliest = Math.max(husbandYear + 23, wifeYear + 21);
  const since = Math.min(earliest + random.between(0, 8), lastYear);
  return { husband, wife, since };
}

function bearChildren({ random, register }: Town, { husband, since }: Couple, most: number): Resident[] {
  const children: Resident[] = [];
  let year = since + random.between(1, 3);
  for (let count = random.between(0, most); count > 0 && year <= lastYear; count--) {
    const family = familyOf(husband);
    const sex = random.chance(0.52) ? 'male' : 'female';
    children.push(register.bear({ sex, year, child: true, ...(family === undefined ? { joined: true } : { family }) }));
    year += random.between(2, 5);
  }
  return children.filter(child => {
    const stays = yearOf(child) > lastYear - grownUp;
    if (!stays) register.residents.delete(child.residentId);
    return stays;
  });
}

function wed({ random, register }: Town, { husband, wife, since }: Couple): void {
  const draw = random.next();
  const order = draw < 0.06 ? 'again' : draw < 0.16 ? 'unsaid' : 'first';
  register.marry(random.pick(districts), [husband, wife], { state: 'married', marriedOn: dayIn(random, since), order });
}

/** A married couple and the children still at home. */
function family(town: Town): void {
  const couple = bearCouple(town, town.random.between(lastYear - 75, lastYear - 24));
  wed(town, couple);
  const children = bearChildren(town, couple, 3);
  const { husband, wife } = couple;
  const [head, other] = town.random.chance(0.75) ? [husband, wife] : [wife, husband];
  town.register.settle('family', town.random.pick(districts), [
    [head, 'head'],
    [other, 'spouse'],
    ...children.map(child => [child, childRelation(child)] as const),
  ]);
}

/** Three generations under one roof: the head's parents, the head and spouse, and their children. */
function threeGenerations(town: Town): void {
  const { random } = town;
  const elders = bearCouple(town, random.between(lastYear - 85, lastYear - 55));
  wed(town, elders);
  const headYear = Math.min(Math.max(elders.since + 1, yearOf(elders.husband) + 24), lastYear - 24);
  const couple = bearCouple(town, headYear, familyOf(elders.husband));
  wed(town, couple);
  const members: [Resident, Relation][] = [
    [couple.husband, 'head'],
    [couple.wife, 'spouse'],
    [elders.husband, 'parent'],
    [elders.wife, 'parent'],
  ];
  for (const child of bearChildren(town, couple, 2)) members.push([child, childRelation(child)]);
  town.register.settle('family', random.pick(districts), members);
}

/** Spouses who are registered in two households, as many are. */
function coupleApart(town: Town): void {
  const couple = bearCouple(town, town.random.between(lastYear - 50, lastYear - 24));
  wed(town, couple);
  for (const spouse of [couple.husband, couple.wife]) {
    town.register.settle('family', town.random.pick(districts), [[spouse, 'head']]);
  }
}

/** Somebody who never married. */
function single(town: Town): void {
  const { random } = town;
  const year = random.between(lastYear - 45, lastYear - 19);
  const sex = random.chance(0.5) ? 'male' : 'female';
  const resident = town.register.bear({ sex, year, joined: random.chance(joinedShare) });
  town.register.settle('family', random.pick(districts), [[resident, 'head']]);
}

/** Two who divorced, each in a household of their own, the children with one of them. */
function divorced(town: Town): void {
  const { random } = town;
  const couple = bearCouple(town, random.between(lastYear - 65, lastYear - 30));
  const { husband, wife, since } = couple;
  const endedOn = dayIn(random, Math.min(since + random.between(1, 15), lastYear));
  const marriedOn = `${since}-01-08`;
  const union = { state: 'divorced', marriedOn, endedOn } as const;
  town.register.marry(random.pick(districts), [husband, wife], union);
  const children = bearChildren(town, couple, 2).map(child => [child, childRelation(child)] as const);
  const [keeper, other] = random.chance(0.6) ? [wife, husband] : [husband, wife];
  town.register.settle('family', random.pick(districts), [[keeper, 'head'], ...children]);
  town.register.settle('family', random.pick(districts), [[other, 'head']]);
}

/** Somebody whose spouse has died. */
function widowed(town: Town): void {
  const { random } = town;
  const year = random.between(lastYear - 92, lastYear - 48);
  const resident = town.register.bear({ sex: random.chance(0.68) ? 'female' : 'male', year });
  const marriedOn = dayIn(random, year + random.between(22, 30));
  const endedOn = dayIn(random, random.between(year + 46, lastYear));
  town.register.marry(random.pick(districts), [resident], { state: 'widowed', marriedOn, endedOn });
  town.register.settle('family', random.pick(districts), [[resident, 'head']]);
}

/** A hostel of a school or a company: many members, no head. */
function hostel(town: Town): void {
  const { random } = town;
  const members = Array.from({ length: random.between(8, 40) }, () => {
    const sex = random.chance(0.5) ? 'male' : 'female';
    const year = random.between(lastYear - 35, lastYear - 18);
    const resident = town.register.bear({ sex, year, joined: random.chance(joinedShare) });
    return [resident, 'member'] as const;
  });
  town.register.settle('collective', random.pick(districts), members);
}

/** Each kind with its share of the draws, which add up to one. */
const kinds: readonly (readonly [number, (town: Town) => void])[] = [
  [0.46, family],
  [0.12, threeGenerations],
  [0.07, coupleApart],
  [0.18, single],
  [0.08, divorced],
  [0.075, widowed],
  [0.015, hostel],
];

/** Adds households until the register holds so many residents. */
export function fill(random: Random, register: Register, size: number): void {
  const town: Town = { random, register };
  while (register.residents.size < size) {
    let draw = random.next();
    for (const [share, found] of kinds) {
      draw -= share;
      if (draw >= 0) continue;
      found(town);
      break;
    }
  }
}
