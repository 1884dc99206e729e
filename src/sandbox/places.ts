/** Where residents live and where their numbers come from: real division codes, made-up house numbers. */
import type { Random } from './random.js';

export interface District {
  readonly division: string;
  readonly name: string;
  /** First year in which a newborn was registered under this code. */
  readonly since: number;
  readonly streets: readonly string[];
}

/** The districts of the city 440300 today. */
export const districts: readonly District[] = [
  {
    division: '440303',
    name: '罗湖区',
    since: 1990,
    streets: ['桂园街道宝安南路', '东门街道人民北路', '莲塘街道国威路'],
  },
  { division: '440304', name: '福田区', since: 1990, streets: ['莲花街道红荔路', '梅林街道梅华路', '沙头街道新洲路'] },
  {
    division: '440305',
    name: '南山区',
    since: 1990,
    streets: ['沙河街道白石路', '粤海街道学府路', '蛇口街道工业七路'],
  },
  {
    division: '440306',
    name: '宝安区',
    since: 1993,
    streets: ['新安街道前进一路', '西乡街道码头路', '沙井街道中心路'],
  },
  { division: '440307', name: '龙岗区', since: 1993, streets: ['龙城街道清林路', '布吉街道吉华路', '横岗街道松柏路'] },
  { division: '440308', name: '盐田区', since: 1998, streets: ['沙头角街道深盐路', '梅沙街道盐梅路'] },
  { division: '440309', name: '龙华区', since: 2017, streets: ['民治街道梅龙路', '观湖街道环观南路'] },
  { division: '440310', name: '坪山区', since: 2017, streets: ['坪山街道东纵路', '坑梓街道人民路'] },
  { division: '440311', name: '光明区', since: 2018, streets: ['光明街道河心路', '公明街道建设路'] },
];

/** Codes of the city's past: the city proper, and the county that became its outer districts in 1993. */
const formerDivisions = ['440301', '440321'] as const;
const lastFormerYear = 1992;
/** The first year of the districts. */
const cityYear = 1990;

interface Origin {
  readonly division: string;
  /** Last year in which a newborn was registered under this code; absent: still is. */
  readonly until?: number;
}

/** Where those born elsewhere come from; some of these divisions have been abolished. */
const origins: readonly Origin[] = [
  { division: '110101' },
  { division: '110103', until: 2009 },
  { division: '120104' },
  { division: '130102' },
  { division: '210203' },
  { division: '230103' },
  { division: '310103', until: 2010 },
  { division: '310115' },
  { division: '320106' },
  { division: '330106' },
  { division: '340103' },
  { division: '350203' },
  { division: '360103' },
  { division: '362201', until: 1999 },
  { division: '370202' },
  { division: '410105' },
  { division: '420106' },
  { division: '422301', until: 1997 },
  { division: '430102' },
  { division: '430103' },
  { division: '432501', until: 1998 },
  { division: '440106' },
  { division: '440402' },
  { division: '440582' },
  { division: '441421' },
  { division: '441424' },
  { division: '441523' },
  { division: '442527', until: 1984 },
  { division: '445224' },
  { division: '450103' },
  { division: '452501', until: 1996 },
  { division: '460105' },
  { division: '500103' },
  { division: '510202', until: 1996 },
  { division: '510104' },
  { division: '520102' },
  { division: '530103' },
  { division: '610113' },
  { division: '620102' },
  { division: '640104' },
];
/** Where those with joined names come from. */
const xinjiang = ['650102', '652901', '653101', '654101'];

/** Draws until the item was in use; the lists are short and most of it is. */
function pickWhere<T>(random: Random, items: readonly T[], fits: (item: T) => boolean): T {
  for (;;) {
    const item = random.pick(items);
    if (fits(item)) return item;
  }
}

/**
 * The division that begins a number: the place of birth, under the code it had then.
 *
 * @param localShare how likely it is that somebody was born in the city itself
 */
export function birthDivision(random: Random, birthYear: number, localShare: number): string {
  if (!random.chance(localShare)) {
    return pickWhere(random, origins, origin => birthYear <= (origin.until ?? birthYear)).division;
  }
  const former = birthYear <= lastFormerYear && (birthYear < cityYear || random.chance(0.7));
  return former ? random.pick(formerDivisions) : pickWhere(random, districts, item => birthYear >= item.since).division;
}

/** The division that begins the number of somebody with a joined name. */
export const xinjiangDivision = (random: Random): string => random.pick(xinjiang);

/** An address in a district, down to the flat. */
export function addressIn(random: Random, district: District): string {
  const street = random.pick(district.streets);
  const building = `${random.between(1, 299)}号${random.between(1, 12)}栋`;
  return `深圳市${district.name}${street}${building}${random.between(1, 32)}0${random.between(1, 8)}`;
}
