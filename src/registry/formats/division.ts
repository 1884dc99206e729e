/** The division codes of GB/T 2260, abolished ones included: a code counts if any list ever held it. */
import { digitsAt } from './digits.js';
import { divisionCodes } from './divisions.js';

const length = 6;
const codeSpace = 1_000_000;
let known: Uint8Array | undefined;

/** One bit a code: 125 kB, made when the first code is asked for. */
function knownCodes(): Uint8Array {
  const bits = new Uint8Array(codeSpace / 8);
  for (const [province, counties] of Object.entries(divisionCodes)) {
    for (let at = 0; at < counties.length; at += 5) {
      const code = Number(province) * 10_000 + digitsAt(counties, at, at + 4);
      bits[code >> 3] = (bits[code >> 3] ?? 0) | (1 << (code & 7));
    }
  }
  return bits;
}

/** Whether it is a division code that is or was in force. */
export function isDivisionCode(value: string): boolean {
  const code = value.length === length ? digitsAt(value, 0, length) : -1;
  if (code < 0) return false;
  known ??= knownCodes();
  return ((known[code >> 3] ?? 0) & (1 << (code & 7))) !== 0;
}
