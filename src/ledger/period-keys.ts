/** The keys of the UTC months, files outside the database, so that a restored backup brings no deleted key back. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { secretFile } from '../secret-file.js';
import { deletionOf } from './deleted-periods.js';
import { type PeriodKey, periodKey } from './tag.js';

export interface PeriodKeys {
  /**
   * The period's key, made when there is none yet. Blocks for a few milliseconds the first time.
   *
   * @throws when it was deleted
   */
  keyOf(period: string): PeriodKey;
  /** Every period that has a key, oldest first, with its key; made by whichever replica. */
  all(): ReadonlyMap<string, PeriodKey>;
  /** Every period whose key was deleted, oldest first; by whichever replica or command. */
  deleted(): readonly string[];
}

/** Where the months' keys are in a data folder. */
export const periodKeyFolder = (dataFolder: string): string => join(dataFolder, 'keys', 'periods');

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
      if (deletionOf(folder, period) !== null) throw new Error(`the key of ${period} was deleted`);
      key = periodKey(secretFile(folder, `${period}.key`));
      known.set(period, key);
    }
    return key;
  }

  /** A key that was put back is none. What is no longer there is forgotten here too. */
  function all(): ReadonlyMap<string, PeriodKey> {
    const gone = new Set(deleted());
    const periods = periodsIn(folder, 'key').filter(period => !gone.has(period));
    for (const period of known.keys()) if (!periods.includes(period)) known.delete(period);
    return new Map(periods.map(period => [period, keyOf(period)]));
  }

  const deleted = () => periodsIn(folder, 'deleted');

  return { keyOf, all, deleted };
}

/** The periods that have a file of a kind, oldest first. */
export const periodsIn = (folder: string, kind: 'key' | 'deleted'): readonly string[] =>
  readdirSync(folder)
    .filter(name => /^\d{4}-\d{2}$/.test(name.slice(0, 7)) && name.slice(7) === `.${kind}`)
    .map(name => name.slice(0, 7))
    .sort();
