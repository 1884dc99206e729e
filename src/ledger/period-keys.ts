/** The keys of the UTC months, files outside the database, so that a restored backup brings no deleted key back. */
import { mkdirSync, readdirSync } from 'node:fs';
import { secretFile } from '../secret-file.js';
import { type PeriodKey, periodKey } from './tag.js';

export interface PeriodKeys {
  /** The period's key, made when there is none yet. Blocks for a few milliseconds the first time. */
  keyOf(period: string): PeriodKey;
  /** Every period that has a key, oldest first, with its key; made by whichever replica. */
  all(): ReadonlyMap<string, PeriodKey>;
}

/** The period a time falls in: its UTC month, `YYYY-MM`. */
export const periodOf = (time: number): string => new Date(time).toISOString().slice(0, 7);

/**
 * Opens the folder that holds one file a period, `YYYY-MM.key` with 32 random bytes. Replicas must share it, or a person's
 * entries could not be found.
 *
 * @param folder made when it is missing, for the owner alone
 */
export function openPeriodKeys(folder: string): PeriodKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const known = new Map<string, PeriodKey>();

  function keyOf(period: string): PeriodKey {
    let key = known.get(period);
    if (key === undefined) {
      key = periodKey(secretFile(folder, `${period}.key`));
      known.set(period, key);
    }
    return key;
  }

  function all(): ReadonlyMap<string, PeriodKey> {
    const periods = readdirSync(folder).flatMap(name => /^(\d{4}-\d{2})\.key$/.exec(name)?.[1] ?? []);
    return new Map(periods.sort().map(period => [period, keyOf(period)]));
  }

  return { keyOf, all };
}
