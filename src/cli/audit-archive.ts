/** `stile audit search --archive DIR`: the same search over archived months, with no gateway and no database. */
import { existsSync } from 'node:fs';
import { type EntryFilter, tagsWithin } from '../ledger/entry-filter.js';
import { positionText } from '../ledger/ledger.js';
import { openPeriodKeys } from '../ledger/period-keys.js';
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
  const { entries, more } = await searchArchive(folder, filterOf(options, subject), options.limit);
  const found: FoundAll = {
    more,
    entries: entries.map(archived => ({
      position: positionText(archived),
      time: new Date(archived.time).toISOString(),
      entry: JSON.parse(archived.entry),
    })),
  };
  return printFound(found, options, 'newest-first', io);
}

function filterOf({ filters, periods }: AuditOptions, subject: AskedSubject | undefined): EntryFilter {
  const { from, until, ...named } = filters;
  const lists = Object.entries(named).map(([name, values]) => [name, [values].flat()]);
  const first = from === undefined ? undefined : Date.parse(String(from));
  const last = until === undefined ? undefined : Date.parse(String(until));
  return {
    ...(Object.fromEntries(lists) as Omit<EntryFilter, 'from' | 'until' | 'tags'>),
    ...(first === undefined ? {} : { from: first }),
    ...(last === undefined ? {} : { until: last }),
    ...(subject === undefined ? {} : { tags: tagsOf(subject, periods, first, last) }),
  };
}

function tagsOf(
  subject: AskedSubject,
  periods: string | undefined,
  from: number | undefined,
  until: number | undefined,
) {
  if (periods === undefined || !existsSync(periods)) throw new OperatorError(noPeriods);
  return tagsWithin(openPeriodKeys(periods), subject, from, until);
}

const noPeriods = {
  zh: '按主体检索归档须以 --periods 指明各月密钥所在的目录（keys/periods）。',
  en: 'To search an archive for a person, name the folder of the months’ keys (keys/periods) with --periods.',
};

const noFolder = (folder: string) => ({ zh: `没有目录 ${folder}。`, en: `There is no folder ${folder}.` });
