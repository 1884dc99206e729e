/** The unified social credit code of GB 32100: who an enterprise, public institution or social organisation is. */
import { digitsAt } from './digits.js';

/** GB 32100, table of characters; I, O, S, V and Z are left out as they are taken for digits. */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const length = 18;
const base = alphabet.length;

const numberOf = new Int8Array(128).fill(-1);
for (let at = 0; at < base; at++) numberOf[alphabet.charCodeAt(at)] = at;

/** The check character of 17 characters (GB 32100, weights 3^i mod 31), or '' when one is outside the alphabet. */
export function socialCreditCheckCharacter(value: string): string {
  let sum = 0;
  let weight = 1;
  for (let at = 0; at < length - 1; at++) {
    const number = numberOf[value.charCodeAt(at)] ?? -1;
    if (number < 0) return '';
    sum += number * weight;
    weight = (weight * 3) % base;
  }
  return alphabet.charAt((base - (sum % base)) % base);
}

/** Whether it is a unified social credit code: alphabet, a numeric division, and the check character. */
export function isUnifiedSocialCreditCode(value: string): boolean {
  if (value.length !== length || digitsAt(value, 2, 8) < 0) return false;
  return value.charAt(length - 1) === socialCreditCheckCharacter(value);
}
