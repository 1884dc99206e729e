import { createHash } from 'node:crypto';
import t from 'tap';
import { formats } from '../../src/registry/formats.js';
import { type Population, populate } from '../../src/sandbox/population.js';
import type { Resident } from '../../src/sandbox/resident.js';
import { nobody, sampleResidents } from '../../src/sandbox/samples.js';

const population = populate();
const residents = [...population.residents.values()];
const count = (fits: (resident: Resident) => boolean): number => residents.filter(fits).length;
const inFormat = (name: string, value: string): boolean => formats[name]?.(value) ?? false;

function digest({ residents, households, marriages }: Population): string {
  const lines = [
    ...[...residents.values()].map(one => [one.residentId, one.name, one.sex, one.relation, one.moveInDate]),
    ...households.map(one => [one.number, one.kind, one.address, ...one.members.map(member => member.residentId)]),
    ...marriages.map(one => [one.state, one.marriedOn, one.endedOn, one.certificateNumber, one.order]),
  ];
  return createHash('sha256').update(JSON.stringify(lines)).digest('hex');
}

t.test('it is the same every time', async t => {
  t.equal(digest(populate()), digest(population));
  t.equal(
    digest(population),
    '36eb8849170be1a389845bf7614caefc46465dc69bc7ebee487b7a1cb2b52aa3',
    'docs and examples name these residents: change them knowingly',
  );
});

t.test('it is a plausible city of over 10,000', async t => {
  t.ok(residents.length >= 12_000 && residents.length < 12_100, `${residents.length} residents`);
  const share = (fits: (resident: Resident) => boolean): number => count(fits) / residents.length;
  const within = (value: number, low: number, high: number, what: string): void =>
    void t.ok(value > low && value < high, `${what}: ${value.toFixed(3)}`);
  within(
    share(one => one.sex === 'male'),
    0.48,
    0.52,
    'men',
  );
  within(
    share(one => one.marriage?.state === 'married'),
    0.4,
    0.65,
    'married',
  );
  within(
    share(one => one.marriage?.state === 'divorced'),
    0.03,
    0.08,
    'divorced',
  );
  within(
    share(one => one.marriage?.state === 'widowed'),
    0.01,
    0.06,
    'widowed',
  );
  within(
    share(one => one.household?.kind === 'collective'),
    0.05,
    0.2,
    'in collective households',
  );
  within(
    share(one => one.name.includes('·')),
    0.01,
    0.05,
    'with a joined name',
  );
  within(
    share(one => /[\u{20000}-\u{3ffff}\u4dae\u36c3]/u.test(one.name)),
    0.0005,
    0.01,
    'with a rare character',
  );
  within(
    share(one => one.residentId.endsWith('X')),
    0.08,
    0.1,
    'whose number ends in X, one in eleven',
  );
  within(
    share(one => !one.residentId.startsWith('4403')),
    0.3,
    0.7,
    'with a number from elsewhere',
  );
  const abolished = new Set(['110103', '310103', '362201', '422301', '432501', '440321', '442527', '452501', '510202']);
  within(
    share(one => abolished.has(one.residentId.slice(0, 6))),
    0.05,
    0.2,
    'with a number of an abolished division',
  );
  t.notOk(
    residents.some(one => one.residentId.startsWith('440321') && one.birthDate > '1993'),
    'none born after its end',
  );
});

t.test('every resident fits the vocabulary, and every number its bearer', async t => {
  for (const one of residents) {
    const { residentId, name, household } = one;
    const sound =
      inFormat('resident-identity-number', residentId) &&
      inFormat('division-code', residentId.slice(0, 6)) &&
      inFormat('personal-name', name) &&
      inFormat('date', one.moveInDate) &&
      one.moveInDate >= one.birthDate &&
      one.birthDate.replaceAll('-', '') === residentId.slice(6, 14) &&
      (one.sex === 'male') === (Number(residentId[16]) % 2 === 1) &&
      household?.members.includes(one);
    if (!sound) t.fail(`${residentId} ${name}`);
  }
  t.equal(new Set(residents.map(one => one.residentId)).size, residents.length);
});

t.test('households have one head, or none if collective', async t => {
  for (const { number, kind, address, division, members } of population.households) {
    const heads = members.filter(one => one.relation === 'head').length;
    const sound =
      heads === (kind === 'family' ? 1 : 0) &&
      members.every(one => (one.relation === 'member') === (kind === 'collective')) &&
      members.every(one => one.household?.number === number && population.residents.get(one.residentId) === one) &&
      /^\d{9}$/.test(number) &&
      inFormat('address', address) &&
      inFormat('division-code', division);
    if (!sound) t.fail(number);
  }
  t.equal(new Set(population.households.map(one => one.number)).size, population.households.length);
  t.equal(
    population.households.reduce((sum, one) => sum + one.members.length, 0),
    residents.length,
    'nobody is in two households, or in none',
  );
});

t.test('who is married is married to each other, of age, and lives', async t => {
  const yearsBetween = (from: string, to: string): number => Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  for (const one of population.marriages) {
    const { state, spouses, marriedOn, endedOn, certificateNumber } = one;
    const [first, second] = spouses;
    const sound =
      spouses.every(spouse => spouse.marriage === one && population.residents.get(spouse.residentId) === spouse) &&
      spouses.every(spouse => yearsBetween(spouse.birthDate, marriedOn) >= (spouse.sex === 'male' ? 22 : 20)) &&
      (second === undefined || first?.sex !== second.sex) &&
      (state === 'married') === (endedOn === undefined) &&
      (state !== 'married' || spouses.length === 2) &&
      (endedOn ?? marriedOn) >= marriedOn &&
      inFormat('date', marriedOn) &&
      inFormat('date', endedOn ?? marriedOn) &&
      new RegExp(`^${state === 'divorced' ? 'L' : 'J'}\\d{6}-\\d{4}-\\d{6}$`).test(certificateNumber);
    if (!sound) t.fail(certificateNumber);
  }
  const numbers = population.marriages.map(one => one.certificateNumber);
  t.equal(new Set(numbers).size, numbers.length, 'no certificate twice');
  const couples = residents.filter(one => one.relation === 'spouse');
  t.ok(couples.length > 1000);
  for (const one of couples) {
    const head = one.household?.members.find(member => member.relation === 'head');
    if (head === undefined || head.marriage !== one.marriage || one.marriage?.state !== 'married')
      t.fail(one.residentId);
  }
});

t.test('the named residents are who they are said to be', async t => {
  const of = (key: keyof typeof sampleResidents): Resident => {
    const { residentId, name } = sampleResidents[key];
    const found = population.residents.get(residentId);
    t.equal(found?.name, name, key);
    return found as Resident;
  };
  t.equal(of('married').marriage, of('spouse').marriage);
  t.equal(of('married').household, of('spouse').household);
  t.equal(of('unmarried').marriage, undefined);
  t.equal(of('partner').marriage, undefined);
  t.not(of('unmarried').sex, of('partner').sex);
  t.equal(of('divorced').marriage?.state, 'divorced');
  t.equal(of('widowed').marriage?.state, 'widowed');
  t.match(of('checkDigitX').residentId, /X$/);
  t.match(of('abolishedDivision').residentId, /^440321/);
  t.equal(of('largeHousehold').household?.members.length, 10);
  t.notMatch(of('outsideCity').residentId, /^4403/);
  t.match(of('joinedName').name, /·/);
  t.ok((of('rareCharacter').name.codePointAt(1) ?? 0) > 0xffff);
  t.equal(of('collective').household?.kind, 'collective');
  t.ok(inFormat('resident-identity-number', nobody));
  t.notOk(population.residents.has(nobody));
});
