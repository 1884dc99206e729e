/** Who of the fictitious city pays into social insurance: drawn from each resident's own number, so that nobody else's data moves. */
import { randomFrom } from './random.js';
import { lastYear } from './register.js';
import type { Resident } from './resident.js';

export interface Insurance {
  readonly state: 'paying' | 'paused' | 'retired';
  /** `2011-07`, the first month paid for. */
  readonly since: string;
  readonly months: number;
  /** The employer, while paying through one. */
  readonly employer?: string;
  /** The monthly wage that contributions are reckoned from, in yuan: `8560.00`; while paying. */
  readonly base?: string;
}

const employers: readonly string[] = [
  '深圳市南湾精密制造有限公司',
  '深圳市云帆软件有限公司',
  '深圳市鹏程物流有限公司',
  '深圳市莲塘第三小学',
  '深圳市海岸酒店管理有限公司',
];
const youngest = 18;
/** Ages of retirement before the reform that began in 2025. */
const retirement = { male: 60, female: 55 } as const;
const neverInsured = 0.08;
const paused = 0.1;
const withEmployer = 0.85;

/** The resident's insurance as the register has it; undefined for who never paid: children, and some of the others. */
export function insuranceOf({ residentId, sex, birthDate }: Resident): Insurance | undefined {
  const birthYear = Number(birthDate.slice(0, 4));
  const age = lastYear - birthYear;
  const random = randomFrom(Number(residentId.slice(4, 14)) * 1000 + Number(residentId.slice(14, 17)));
  if (age <= youngest || random.chance(neverInsured)) return undefined;
  const first = birthYear + youngest;
  const last = Math.min(lastYear, birthYear + retirement[sex]);
  const year = random.between(Math.max(first, Math.min(1992, last - 1)), Math.min(first + 8, last));
  const month = random.between(1, 12);
  const since = `${year}-${String(month).padStart(2, '0')}`;
  const most = Math.max(1, (last - year) * 12 + 13 - month);
  if (age >= retirement[sex]) return { state: 'retired', since, months: most };
  if (random.chance(paused)) return { state: 'paused', since, months: random.between(1, most) };
  const base = `${random.between(250, 2800) * 10}.00`;
  const employer = random.chance(withEmployer) ? { employer: random.pick(employers) } : {};
  return { state: 'paying', since, months: most, base, ...employer };
}
