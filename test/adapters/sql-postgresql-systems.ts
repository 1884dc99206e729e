/** The suite's PostgreSQL as a department's database, with a login that may read one table. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Test } from 'tap';
import { database } from '../database.js';
import { openSql, table } from './sql-systems.js';

/** What the adapter is given to reach a database by its connection string. */
export function settingsFor(url: string) {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  return {
    ...{ driver: 'postgresql', host, port: Number(port), database: pathname.slice(1), user: username, password },
    ...(host.startsWith('/') ? {} : { unencrypted: true }),
  };
}

export async function postgresql(t: Test, more: Readonly<Record<string, unknown>> = {}, log?: string[]) {
  const url = await database(t);
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  owner.on('error', () => undefined);
  t.teardown(() => owner.end());
  for (const statement of table) await owner.query(statement);
  const settings = { ...settingsFor(url), ...more };
  return { owner, settings, url, ...openSql(t, settings, log) };
}

/** A login that may read `hydj` and nothing else; it goes with its database. */
export async function reader(t: Test, owner: pg.Client): Promise<{ user: string; password: string }> {
  const user = `reader_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await owner.query(`CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
  t.teardown(async () => {
    await owner.query(`DROP OWNED BY ${user}`);
    await owner.query(`DROP ROLE ${user}`);
  });
  await owner.query(`GRANT SELECT ON hydj TO ${user}`);
  return { user, password };
}
