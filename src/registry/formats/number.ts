/** Numbers that are texts: a mobile number and an amount of money, exact to the last digit. */
import { digitsAt } from './digits.js';

/** A mobile number of the Chinese mainland: eleven digits, 13x to 19x, no country code. */
export function isMobileNumber(value: string): boolean {
  return value.length === 11 && value[0] === '1' && digitsAt(value, 1, 2) >= 3 && digitsAt(value, 2, 11) >= 0;
}

const mostIntegerDigits = 15;

/** An amount as a decimal text with two places: `1280.00`, `-35.50`; no leading zeros, no minus zero. */
export function isCurrencyAmount(value: string): boolean {
  const from = value[0] === '-' ? 1 : 0;
  const point = value.length - 3;
  const digits = point - from;
  if (digits < 1 || digits > mostIntegerDigits || value[point] !== '.') return false;
  if (digits > 1 && value[from] === '0') return false;
  const whole = digitsAt(value, from, point);
  const cents = digitsAt(value, point + 1, value.length);
  return whole >= 0 && cents >= 0 && !(from === 1 && whole === 0 && cents === 0);
}
