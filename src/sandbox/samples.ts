/** The residents that docs, examples and tests call by name: the cases a caller must be ready for. */
import { type District, districts } from './places.js';
import type { Register } from './register.js';
import type { Relation, Resident } from './resident.js';

export interface SampleResident {
  readonly residentId: string;
  readonly name: string;
  readonly note: { readonly zh: string; readonly en: string };
}

/** All fictitious, as everyone here is. */
export const sampleResidents = {
  married: {
    residentId: '440304198804123031',
    name: '陈思远',
    note: { zh: '已婚，与配偶同户', en: 'married, one household with the spouse' },
  },
  spouse: {
    residentId: '440305199008261020',
    name: '林晓雯',
    note: { zh: '陈思远的配偶', en: 'the spouse of 陈思远' },
  },
  unmarried: { residentId: '440303199603052036', name: '周子墨', note: { zh: '未婚', en: 'never married' } },
  partner: {
    residentId: '440305199711183028',
    name: '许若溪',
    note: { zh: '未婚，与周子墨预约登记', en: 'never married, makes an appointment with 周子墨' },
  },
  divorced: { residentId: '440306197905183058', name: '黄志强', note: { zh: '离婚', en: 'divorced' } },
  widowed: { residentId: '440303194702266045', name: '郭桂兰', note: { zh: '丧偶', en: 'widowed' } },
  checkDigitX: {
    residentId: '44030419931106105X',
    name: '吴浩然',
    note: { zh: '校验码为 X', en: 'a number that ends in X' },
  },
  abolishedDivision: {
    residentId: '440321195209174021',
    name: '何秀英',
    note: { zh: '号码地址码为已撤销的宝安县', en: 'a number of an abolished county' },
  },
  largeHousehold: {
    residentId: '440301195608122039',
    name: '邓国荣',
    note: { zh: '四代同堂的户主', en: 'head of a household of four generations' },
  },
  outsideCity: {
    residentId: '430102199107147088',
    name: '彭倩',
    note: { zh: '号码属外地的本市户籍居民', en: 'registered in the city under a number from elsewhere' },
  },
  joinedName: {
    residentId: '650102198709037018',
    name: '阿卜杜拉·买买提',
    note: { zh: '姓名含间隔号', en: 'a name with a middle dot' },
  },
  rareCharacter: {
    residentId: '440305200112244023',
    name: '林𬱖',
    note: { zh: '姓名含 GB 18030 四字节字', en: 'a name with a character of four bytes in GB 18030' },
  },
  collective: {
    residentId: '440308198501238013',
    name: '刘凯',
    note: { zh: '集体户成员', en: 'in a collective household' },
  },
} as const satisfies Record<string, SampleResident>;

/** A well-formed number that nobody has. */
export const nobody = '440304199001010011';

const districtOf = (division: string): District =>
  districts.find(district => district.division === division) ?? (districts[0] as District);

/** Writes the named residents into an empty register. */
export function enterSamples(register: Register): void {
  const people = Object.fromEntries(
    Object.entries(sampleResidents).map(([key, { residentId, name }]) => [key, register.enter(residentId, name)]),
  ) as Record<keyof typeof sampleResidents, Resident>;
  const [luohu, futian, nanshan, baoan] = ['440303', '440304', '440305', '440306'].map(districtOf) as [
    District,
    District,
    District,
    District,
  ];

  register.marry(futian, [people.married, people.spouse], {
    state: 'married',
    marriedOn: '2015-05-20',
    certificateNumber: 'J440304-2015-000520',
  });
  register.settle('family', futian, [
    [people.married, 'head'],
    [people.spouse, 'spouse'],
  ]);
  register.marry(baoan, [people.divorced], { state: 'divorced', marriedOn: '2004-10-01', endedOn: '2019-03-14' });
  register.marry(luohu, [people.widowed], { state: 'widowed', marriedOn: '1969-05-01', endedOn: '2016-11-30' });
  const alone = ['unmarried', 'partner', 'divorced', 'widowed', 'checkDigitX', 'abolishedDivision'] as const;
  for (const key of [...alone, 'outsideCity', 'joinedName', 'rareCharacter'] as const) {
    register.settle('family', nanshan, [[people[key], 'head']]);
  }
  const colleague = register.bear({ sex: 'female', year: 1999 });
  register.settle('collective', nanshan, [
    [people.collective, 'member'],
    [colleague, 'member'],
  ]);
  enterLargeHousehold(register, luohu, people.largeHousehold);
}

function enterLargeHousehold(register: Register, district: District, head: Resident): void {
  const bear = (sex: 'male' | 'female', year: number, family = '邓'): Resident => register.bear({ sex, year, family });
  const mother = bear('female', 1935, '罗');
  const wife = bear('female', 1958, '钟');
  const sons = [bear('male', 1982), bear('male', 1985)];
  const daughtersInLaw = [bear('female', 1984, '温'), bear('female', 1987, '叶')];
  const grandchildren = [bear('male', 2010), bear('female', 2013), bear('female', 2016)];
  register.marry(district, [mother], { state: 'widowed', marriedOn: '1955-02-10', endedOn: '2009-07-03' });
  register.marry(district, [head, wife], { state: 'married', marriedOn: '1981-10-01' });
  for (const [at, son] of sons.entries()) {
    const daughterInLaw = daughtersInLaw[at];
    if (daughterInLaw)
      register.marry(district, [son, daughterInLaw], { state: 'married', marriedOn: `20${10 + at}-06-18` });
  }
  const as = (relation: Relation) => (resident: Resident) => [resident, relation] as const;
  register.settle('family', district, [
    [head, 'head'],
    [wife, 'spouse'],
    [mother, 'parent'],
    ...sons.map(as('son')),
    ...daughtersInLaw.map(as('other')),
    ...grandchildren.map(as('grandchild')),
  ]);
}
