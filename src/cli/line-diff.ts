/** What differs between two texts, line by line, with what stands around it. */

/** Lines of a hunk that have not changed, before and after. */
const around = 2;

/** @returns `-` lines that go, `+` lines that come, and a few around them; nothing when the texts are the same */
export function lineDiff(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const changed = pairs(old.slice(start, old.length - end), now.slice(start, now.length - end));
  if (changed.length === 0) return [];
  return [
    ...old.slice(Math.max(0, start - around), start).map(line => `  ${line}`),
    ...changed,
    ...old.slice(old.length - end, old.length - end + around).map(line => `  ${line}`),
  ];
}

/** The longest common lines stay; of two ways that are as long, what goes stands before what comes. */
function pairs(old: readonly string[], now: readonly string[]): string[] {
  const common = lengths(old, now);
  const lines: string[] = [];
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push(`  ${old[i]}`);
      i++;
      j++;
    } else if (j === now.length || (i < old.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push(`- ${old[i++]}`);
    } else lines.push(`+ ${now[j++]}`);
  }
  return lines;
}

const at = (table: readonly Uint32Array[], i: number, j: number): number => table[i]?.[j] ?? 0;

/** How many lines are common from each pair of places on. */
function lengths(old: readonly string[], now: readonly string[]): Uint32Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row === undefined) continue;
      row[j] = old[i] === now[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}
