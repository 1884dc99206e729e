/** X-Road's identifiers of members, subsystems and services: parts between slashes, each percent-encoded (PR-REST, section 4.2). */

/** The parts of one as config writes it, where no part holds a slash (section 4.8). */
export const identifierOf = (written: string): string[] => written.split('/');

export const encodeIdentifier = (parts: readonly string[]): string => parts.map(encodeURIComponent).join('/');

/** Whether a header names just this one, however it encodes it. */
export function isIdentifier(header: string | string[] | undefined, parts: readonly string[]): boolean {
  if (typeof header !== 'string') return false;
  const named = header.split('/').map(decoded);
  return named.length === parts.length && named.every((part, index) => part === parts[index]);
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
