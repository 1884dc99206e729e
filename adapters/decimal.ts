/** Exact decimal numbers, for units: so many fen are so many yuan to the last digit. */

interface Decimal {
  readonly digits: bigint;
  /** The number is the digits times ten to this power. */
  readonly power: number;
}

/** Digits that a quotient may have after those of its parts; one that has more is not exact. */
const places = 40;

/** @returns undefined for what is no decimal number of at most 64 digits */
function decimalOf(value: unknown): Decimal | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const found = /^(-?)(\d{1,64})(?:\.(\d{1,64}))?(?:e([+-]\d{1,3}))?$/.exec(String(value));
  if (found === null) return undefined;
  const [, sign, whole = '', part = '', power = '0'] = found;
  return { digits: BigInt(`${sign}${whole}${part}`), power: Number(power) - part.length };
}

function textOf({ digits, power }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const plain = String(digits < 0n ? -digits : digits);
  if (power >= 0) return digits === 0n ? '0' : `${sign}${plain}${'0'.repeat(power)}`;
  const padded = plain.padStart(1 - power, '0');
  const part = padded.slice(power).replace(/0+$/, '');
  return `${sign}${padded.slice(0, power)}${part === '' ? '' : `.${part}`}`;
}

/** @returns the exact product as text, without zeros at the end */
export function times(value: unknown, factor: number): string | undefined {
  const [one, other] = [decimalOf(value), decimalOf(factor)];
  if (one === undefined || other === undefined) return undefined;
  return textOf({ digits: one.digits * other.digits, power: one.power + other.power });
}

/** @returns the exact quotient as text; undefined where there is none */
export function dividedBy(value: unknown, factor: number): string | undefined {
  const [one, other] = [decimalOf(value), decimalOf(factor)];
  if (one === undefined || other === undefined || other.digits === 0n) return undefined;
  const digits = one.digits * 10n ** BigInt(places);
  if (digits % other.digits !== 0n) return undefined;
  return textOf({ digits: digits / other.digits, power: one.power - other.power - places });
}
