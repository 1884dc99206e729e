/** What the exchange's own request headers may hold. Each reader gives undefined when absent and null when malformed. */

type Header = string | string[] | undefined;
const name = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const caseNumber = /^[\p{L}\p{N}][\p{L}\p{N} ._/:#@()（）〔〕［］【】-]{0,127}$/u;
const key = /^"?([A-Za-z0-9._:/+=-]{1,128})"?$/;
const personNumber = /\d{17}[\dX]/i;

/** Whether a text holds something like a resident identity number, and so would enter the ledger in the clear. */
export const namesPerson = (text: string): boolean => personNumber.test(text);

/** A coded name, such as a purpose; never a person's number. */
export function readName(header: Header): string | undefined | null {
  if (header === undefined) return undefined;
  return typeof header === 'string' && name.test(header) && !namesPerson(header) ? header : null;
}

/** A case number or an official's id: UTF-8, as department's case numbers are Chinese, and never a person's number. */
export function readCase(header: Header): string | undefined | null {
  if (header === undefined) return undefined;
  if (typeof header !== 'string') return null;
  const text = decode(header);
  return text !== null && caseNumber.test(text) && !namesPerson(text) ? text : null;
}

/** `Idempotency-Key`: a quoted string as the IETF draft has it, or the bare key that most callers send. */
export function readKey(header: Header): string | undefined | null {
  if (header === undefined) return undefined;
  return typeof header === 'string' ? (key.exec(header)?.[1] ?? null) : null;
}

/** Node hands header bytes over as Latin-1; they are UTF-8 here, or refused. */
function decode(header: string): string | null {
  if (!/[\u0080-\u00ff]/.test(header)) return header;
  const bytes = Buffer.from(header, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? null : text;
}
