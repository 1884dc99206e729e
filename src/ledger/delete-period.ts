/** Deletes a month's key, so that its entries name nobody for good: first an entry of the ledger, then the file. */
import { OperatorError } from '../operator-error.js';
import { randomId } from '../random.js';
import type { RetentionSettings } from '../registry/settings.js';
import { deleteKeyFile, deletionOf, hasKeyFile } from './deleted-periods.js';
import { isHeld, keptUntil } from './kept-months.js';
import { entryKind, erasureAction, type Ledger, positionText, type Query } from './ledger.js';
import { monthSpan } from './month.js';
import { periodOf } from './period-keys.js';

export interface DeletePeriodOptions {
  readonly query: Query;
  readonly ledger: Pick<Ledger, 'append'>;
  /** Of the months' keys. */
  readonly folder: string;
  /** `YYYY-MM`, in UTC. */
  readonly period: string;
  readonly settings: RetentionSettings;
  /** Who has it deleted, on their own word. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * As long as a month's entries must be kept, whoever they are about must be able to find them: until then, and while the
 * month is under legal hold, its key stays.
 *
 * @throws {OperatorError} when the key must stay, or there is none
 */
export async function requireDeletable(options: Omit<DeletePeriodOptions, 'ledger' | 'by'>): Promise<void> {
  const { query, folder, period, settings, now } = options;
  const deletion = deletionOf(folder, period);
  if (deletion !== null && !hasKeyFile(folder, period)) throw gone(period, deletion.record);
  if (!hasKeyFile(folder, period)) throw unknown(period);
  if (period >= periodOf(now)) throw current(period);
  if (await isHeld(query, period)) throw held(period);
  const until = await keptUntil(query, monthSpan(period), settings);
  if (now < until) throw tooEarly(period, until);
}

/**
 * @returns position of the entry that says so
 * @throws {OperatorError} as {@link requireDeletable}; then nothing was done
 */
export async function deletePeriod(options: DeletePeriodOptions): Promise<string> {
  const { ledger, folder, period, by, now } = options;
  await requireDeletable(options);
  const position = await ledger.append({
    entry: {
      kind: entryKind.erasure,
      id: randomId(),
      action: erasureAction.period,
      period,
      operator: { id: by, assurance: 'asserted' },
    },
  });
  const record = positionText(position);
  deleteKeyFile(folder, period, { record, time: new Date(now).toISOString() });
  return record;
}

const gone = (period: string, record: string) =>
  new OperatorError({
    zh: `${period} 的密钥已删除（记录 ${record}）。`,
    en: `The key of ${period} is deleted already (record ${record}).`,
  });

const unknown = (period: string) =>
  new OperatorError({ zh: `没有 ${period} 的密钥。`, en: `There is no key of ${period}.` });

const current = (period: string) =>
  new OperatorError({
    zh: `${period} 的密钥正在使用，不得删除。`,
    en: `The key of ${period} is in use and stays.`,
  });

const held = (period: string) =>
  new OperatorError({
    zh: `${period} 处于法定保全中，其密钥不得删除；解除用 stile ledger hold ${period} --free。`,
    en: `${period} is under legal hold and its key stays; stile ledger hold ${period} --free ends that.`,
  });

function tooEarly(period: string, until: number): OperatorError {
  const day = new Date(until).toISOString().slice(0, 10);
  return new OperatorError({
    zh: `${period} 的条目至少保存到 ${day}，在此之前须能按主体检索，其密钥不得删除。`,
    en: `The entries of ${period} are kept until ${day} at least, and must be found by person until then: its key stays.`,
  });
}
