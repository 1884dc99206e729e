/** Which names in the folder are the file's, and the date that is in them. */
import { type DateForm, formOf } from './dates.js';
import type { Dropped } from './file-drop.js';

export interface FileName {
  /** Whether the name tells a date. */
  readonly dated: boolean;
  /** Milliseconds on the department's clock, 0 for a name without a date; undefined for a name that is another's. */
  read(name: string): number | undefined;
}

/** @returns undefined where the braces hold no form of a date */
export function compileName(file: string, utcOffset: string): FileName | undefined {
  const [before = '', pattern, after = ''] = file.split(/[{}]/);
  if (pattern === undefined) return { dated: false, read: name => (name === file ? 0 : undefined) };
  const form: DateForm | undefined = formOf(pattern, utcOffset);
  if (form === undefined) return undefined;
  return {
    dated: true,
    read: name =>
      name.startsWith(before) && name.endsWith(after)
        ? form.read(name.slice(before.length, name.length - after.length))
        : undefined,
  };
}

/** The newest of the file's names. */
export function newestOf(found: readonly Dropped[], { read }: FileName): Dropped | undefined {
  let newest: Dropped | undefined;
  let date = Number.NEGATIVE_INFINITY;
  for (const one of found) {
    const own = read(one.name);
    if (own === undefined || own <= date) continue;
    newest = one;
    date = own;
  }
  return newest;
}
