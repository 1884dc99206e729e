/** Which months must stay as they are: those under legal hold, and those within the least time they are kept. */
import type { RetentionSettings } from '../registry/settings.js';
import type { Query } from './ledger.js';
import type { MonthSpan } from './month.js';

/** @param month `YYYY-MM` */
export async function isHeld(query: Query, month: string): Promise<boolean> {
  const text = 'SELECT FROM ledger_retention WHERE month = $1 AND held IS NOT NULL';
  return (await query(text, [month])).rows.length > 0;
}

/**
 * Until when a month is kept at least, milliseconds since 1970: so many months after its end, more where data about somebody
 * was released.
 */
export async function keptUntil(
  query: Query,
  { begins, ends }: MonthSpan,
  settings: RetentionSettings,
): Promise<number> {
  const [row] = (await query('SELECT ledger_released_persons($1) AS released', [begins])).rows;
  const end = new Date(ends);
  return end.setUTCMonth(end.getUTCMonth() + (row?.released === true ? settings.released : settings.other));
}
