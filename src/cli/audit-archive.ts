/** `stile audit search --archive DIR`: the same search over archived months, with no gateway and no database. */
import { existsSync } from 'node:fs';
import { deletedWithin, type EntryFilter, tagsWithin } from '../ledger/entry-filter.js';
import { positionText } from '../ledger/ledger.js';
import { openPeriodKeys, type PeriodKeys } from '../ledger/period-keys.js';
import { searchArchive } from '../ledger/search-archive.js';
import { OperatorError } from '../operator-error.js';
import type { AuditOptions } from './audit-options.js';
import { type FoundAll, printFound } from './audit-search.js';
import type { Io } from './io.js';
import type { AskedSubject } from './subject-prompt.js';

/**
 * @param folder of one month, or of all
 * @returns the exit code
 * @throws {OperatorError} when the archive cannot be searched
 */
export async function showArchived(
  folder: string,
  options: AuditOptions,
  subject: AskedSubject | undefined,
  io: Io,
): Promise<number> {
  if (!existsSync(folder)) throw new OperatorError(noFolder(folder));
  const keys = subject === undefined ? undefined : keysIn(options.periods);
  const { from, until } = timesOf(options);
  const { entries, more } = await searchArchive(folder, filterOf(options, subject, keys), options.limit);
  const unsearchable = keys === undefined ? [] : deletedWithin(keys, from, until);
  const found: FoundAll = {
    more,
    unsearchable,
    entries: entries.map(archived => ({
      position: positionText(archived),
      time: new Date(archived.time).toISOString(),
      entry: JSON.parse(archived.entry),
    })),
  };
  return printFound(found, options, 'newest-first', io);
}

function filterOf(options: AuditOptions, subject: AskedSubject | undefined, keys: PeriodKeys | undefined): EntryFilter {
  const { from: _from, until: _until, ...named } = options.filters;
  const lists = Object.entries(named).map(([name, values]) => [name, [values].flat()]);
  const times = timesOf(options);
  return {
    ...(Object.fromEntries(lists) as Omit<EntryFilter, 'from' | 'until' | 'tags'>),
    ...times,
    ...(subject === undefined || keys === undefined
      ? {}
      : { tags: tagsWithin(keys, subject, times.from, times.until) }),
  };
}

function timesOf({ filters: { from, until } }: AuditOptions): Pick<EntryFilter, 'from' | 'until'> {
  return {
    ...(from === undefined ? {} : { from: Date.parse(String(from)) }),
    ...(until === undefined ? {} : { until: Date.parse(String(until)) }),
  };
}

function keysIn(periods: string | undefined): PeriodKeys {
  if (periods === undefined || !existsSync(periods)) throw new OperatorError(noPeriods);
  return openPeriodKeys(periods);
}

const noPeriods = {
  zh: '按主体检索归档须以 --periods 指明各月密钥所在的目录（keys/periods）。',
  en: 'To search an archive for a person, name the folder of the months’ keys (keys/periods) with --periods.',
};

const noFolder = (folder: string) => ({ zh: `没有目录 ${folder}。`, en: `There is no folder ${folder}.` });
