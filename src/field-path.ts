/** Field paths such as `members[].residentId`: how contracts, agreements and records name a field. */

/** What stands for an array's items among a path's segments. */
export const items = '[]';

/** `members[].residentId` → `members`, `[]`, `residentId`. */
export const segmentsOf = (path: string): readonly string[] => path.match(/\[\]|[^.[\]]+/g) ?? [];

/** Whether `path` is `above` itself or lies somewhere below it. */
export const isWithin = (path: string, above: string): boolean =>
  path.startsWith(above) && (path.length === above.length || path[above.length] === '.' || path[above.length] === '[');
