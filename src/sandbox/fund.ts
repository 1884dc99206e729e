/** Who of the fictitious city has a housing fund account: drawn from each resident's own number, beside the insurance, so that the two agree. */
import { insuranceOf } from './insurance.js';
import { randomFrom } from './random.js';
import type { Resident } from './resident.js';

export interface FundAccount {
  readonly state: 'paying' | 'sealed';
  readonly employer: string;
  /** What is paid in each month, in yuan: `1250.00`; while paying. */
  readonly monthlyDeposit?: string;
  readonly balance: string;
  /** `2026-10-31` */
  readonly paidUntil: string;
}

const formerEmployer = '深圳市人才交流服务中心';
/** Of the wage, the employer's and the employee's together. */
const rates = [0.1, 0.16, 0.24] as const;
const latest = '2026-10-31';
const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** The resident's account; undefined for who has none: who never paid, retired, or works for oneself. */
export function fundOf(resident: Resident): FundAccount | undefined {
  const insurance = insuranceOf(resident);
  if (insurance === undefined || insurance.state === 'retired') return undefined;
  const { residentId } = resident;
  const random = randomFrom(Number(residentId.slice(0, 6)) + Number(residentId.slice(6, 17)));
  const { employer, base, months } = insurance;
  const monthly = Number(base ?? 5000) * random.pick(rates);
  const balance = (monthly * random.between(1, Math.max(1, Math.min(months, 120)))).toFixed(2);
  if (insurance.state === 'paused') {
    const paidUntil = `${random.between(2018, 2025)}-${twoDigits(random.between(1, 12))}-28`;
    return { state: 'sealed', employer: formerEmployer, balance, paidUntil };
  }
  if (employer === undefined) return undefined;
  return { state: 'paying', employer, monthlyDeposit: monthly.toFixed(2), balance, paidUntil: latest };
}
