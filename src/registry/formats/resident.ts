/** The resident identity number of GB 11643, judged by province, date of birth and check digit, and by nothing else. */
import { isDay, today } from './calendar.js';
import { digitsAt } from './digits.js';

/** First two digits of GB/T 2260; 81, 82 and 83 begin the numbers on the residence permits for Hong Kong, Macao and Taiwan residents. */
const provinces = new Set([
  11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
  64, 65, 71, 81, 82, 83,
]);

/** Nobody born before was alive when the first numbers were given out; the standard's own example is of 1880. */
const earliestYear = 1800;

const length = 18;
const checkDigits = '10X98765432';

/** The check digit of 17 digits (GB 11643; ISO 7064, MOD 11-2). */
export function residentCheckDigit(value: string): string {
  let sum = 0;
  // Each step doubles what came before it, which weights digit i by 2^(17-i).
  for (let at = 0; at < length - 1; at++) sum = (sum + digitsAt(value, at, at + 1)) * 2;
  return checkDigits.charAt(sum % 11);
}

/** Whether it is a resident identity number. The division's code is not looked up: lists lack abolished ones. */
export function isResidentIdentityNumber(value: string): boolean {
  if (value.length !== length) return false;
  if (!provinces.has(digitsAt(value, 0, 2)) || digitsAt(value, 2, 6) < 0 || digitsAt(value, 14, 17) < 0) return false;
  const birth = digitsAt(value, 6, 14);
  const year = Math.floor(birth / 10_000);
  if (year < earliestYear || birth > today()) return false;
  if (!isDay(year, Math.floor(birth / 100) % 100, birth % 100)) return false;
  return value.charAt(length - 1) === residentCheckDigit(value);
}
