/** Gives a test its own empty database on the one embedded PostgreSQL that serves the whole suite. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { suiteFolder } from './suite-folder.js';

/** What a test hands over so that its database goes when it ends. */
interface Ending {
  teardown(done: () => Promise<void>): unknown;
}

/**
 * Makes a fresh, empty database and drops it, with whatever still uses it, when the test ends.
 *
 * @returns its connection string, as its owner
 */
export async function database(t: Ending): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await once(server(), `CREATE DATABASE ${name}`);
  t.teardown(() => once(server(), `DROP DATABASE ${name} WITH (FORCE)`));
  const url = new URL(server());
  url.pathname = `/${name}`;
  return url.href;
}

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

async function once(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
