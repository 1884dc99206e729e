/** Gives a test its own empty database on the one embedded PostgreSQL that serves the whole suite. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from './store/statement.js';
import { suiteFolder } from './suite-folder.js';

/** The database that `before` migrates, and that those of tests are copied from. */
export const migrated = 'migrated';

/** What a test hands over so that its database goes when it ends. */
interface Ending {
  teardown(done: () => Promise<void>): unknown;
}

/**
 * Makes a fresh, empty database and drops it, with whatever still uses it, when the test ends.
 *
 * @returns its connection string, as its owner
 */
export const database = (t: Ending): Promise<string> => madeOf(t, 'template1');

/** The same with the tables that migrations make, copied, which takes a third of the time of running them again. */
export async function migratedDatabase(t: Ending): Promise<string> {
  const made = await madeOf(t, migrated);
  // The one right that is the database's own, and not copied with it.
  await once(server(), `REVOKE TEMPORARY ON DATABASE ${new URL(made).pathname.slice(1)} FROM PUBLIC`);
  return made;
}

async function madeOf(t: Ending, template: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await once(server(), `CREATE DATABASE ${name} TEMPLATE ${template}`);
  t.teardown(async () => {
    await once(server(), `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return databaseOn(server(), name);
}

/** @returns the connection string of another database of the same server */
export const databaseOn = (connectionString: string, name: string): string =>
  Object.assign(new URL(connectionString), { pathname: `/${name}` }).href;

/** Connection string of the suite's server, as its owner. */
export const server = (): string => logins().owner;

/** @returns the connection string of the same database, as the gateway logs in */
export function asGatewayLogin(database: string): string {
  const url = new URL(database);
  const { username, password } = new URL(logins().gateway);
  return Object.assign(url, { username, password }).href;
}

function logins(): { readonly owner: string; readonly gateway: string } {
  try {
    return JSON.parse(readFileSync(join(suiteFolder(process.ppid), 'connections'), 'utf8'));
  } catch {
    throw new Error('there is no test server: run the test through tap, which starts one before the suite');
  }
}
