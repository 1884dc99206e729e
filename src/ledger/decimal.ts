/** Tree sizes and indexes in the texts of C2SP: ASCII decimal, no sign, no leading zero but that of `0` itself. */

const decimal = /^(?:0|[1-9]\d{0,15})$/;

/** The number, or null when it is written in another way, or over 2^53 − 1: no ledger of ours gets there. */
export function readDecimal(text: string): number | null {
  if (!decimal.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : null;
}
