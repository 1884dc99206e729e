/** The words after `stile ledger archive|drop|hold`: a month, options, and who does it. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.js';

export interface LedgerWords {
  /** `YYYY-MM` */
  readonly month: string;
  /** Those given, by name. */
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly free: boolean;
  /** Who does it, on their own word: `--by`, or the login. */
  readonly by: string;
}

const monthForm = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/**
 * @param names of the options with a value, `by` aside
 * @throws for an option that is not known, as `parseArgs` does; OperatorError when there is not one month
 */
export function readLedgerWords(words: readonly string[], names: readonly string[]): LedgerWords {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      ...Object.fromEntries([...names, 'by'].map(name => [name, { type: 'string' } as const])),
      free: { type: 'boolean' },
    },
  });
  const [month = '', ...more] = positionals;
  if (!monthForm.test(month) || more.length > 0) throw new OperatorError(oneMonth);
  const { free = false, by = userInfo().username, ...rest } = values as { free?: boolean; by?: string };
  return { month, values: rest as LedgerWords['values'], free, by };
}

const oneMonth = { zh: '请写一个月份，如 2026-07（UTC）。', en: 'Name one month, such as 2026-07 (UTC).' };
