/** Months for rows that a test puts into the ledger's tables by hand, as the owner of the store. */
import type pg from 'pg';

/** @param times milliseconds since 1970 in UTC */
export async function makeMonths(pool: pg.Pool, times: readonly number[]): Promise<void> {
  for (const time of times) await pool.query('SELECT ledger_make_month($1)', [time]);
}

/** Notes at which index each month of each shard begins, as the append does. */
export async function noteMonths(pool: pg.Pool): Promise<void> {
  await pool.query(`INSERT INTO ledger_months (shard, begins, ends, first_index)
    SELECT shard, begins, ends, min(index) FROM ledger_entries, ledger_month_at(time) GROUP BY shard, begins, ends
    ON CONFLICT DO NOTHING`);
}
