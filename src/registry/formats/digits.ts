/** Reads decimal digits in place, so that a format allocates nothing on the hot path. */
const zero = 48;

/**
 * @param from index of the first digit
 * @param to index after the last digit
 * @returns the number written there, or -1 when any character is not an ASCII digit
 */
export function digitsAt(value: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = value.charCodeAt(at) - zero;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}
