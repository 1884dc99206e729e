/** Brings the store's tables up to this code: numbered SQL files, each run once, in order. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { root } from '../root.js';
import { unreachable } from './pool.js';
import { makeRoles } from './roles.js';
import { StoreError } from './store-error.js';

interface Migration {
  readonly name: string;
  readonly sql: string;
  /** SHA-256 in hex. */
  readonly digest: string;
}

/** Replicas that start together take turns under this advisory lock; any number that nobody else uses. */
const lock = 5_491_837_266;

/**
 * Runs what has not run yet, each in a transaction of its own; before the first it makes the roles that they speak of.
 *
 * @param database connection string of an owner
 * @throws StoreError when the store was made by newer code, a migration that ran has been altered since, or one is to be
 * run by somebody who is not the owner
 */
export async function migrate(
  database: string,
  folder: string = join(root, 'src', 'store', 'migrations'),
): Promise<void> {
  const client = new Client({ connectionString: database, application_name: 'stile migrate' });
  await client.connect().catch(error => {
    throw unreachable(error);
  });
  try {
    await client.query('SELECT pg_advisory_lock($1)', [lock]);
    const migrations = pending(readMigrations(folder), await readDone(client));
    if (migrations.length === 0) return;
    await refuseOthers(client, migrations);
    await makeRoles(client);
    await client.query(
      `CREATE TABLE IF NOT EXISTS migrations
        (name text PRIMARY KEY, digest text NOT NULL, run_at timestamptz NOT NULL DEFAULT now())`,
    );
    for (const migration of migrations) await run(client, migration);
  } finally {
    await client.end();
  }
}

/** The digests of those that have run, by name. */
async function readDone(client: Client): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await client.query<{ made: boolean }>(
    `SELECT to_regclass('migrations') IS NOT NULL AS made`,
  );
  if (tables[0]?.made !== true) return new Map();
  const { rows } = await client.query<{ name: string; digest: string }>('SELECT name, digest FROM migrations');
  return new Map(rows.map(row => [row.name, row.digest]));
}

/** A gateway that is not the owner starts as long as there is nothing to run. */
async function refuseOthers(client: Client, migrations: readonly Migration[]): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT has_schema_privilege(current_schema(), 'CREATE') AS may`,
  );
  if (rows[0]?.may === true) return;
  const names = migrations.map(({ name }) => name);
  throw new StoreError({
    zh: `存储库需要执行迁移（${names.join('、')}），只有其所有者可以执行。请设置 STILE_OWNER_URL。`,
    en: `The store needs migrations (${names.join(', ')}) that only its owner may run. Set STILE_OWNER_URL.`,
  });
}

function readMigrations(folder: string): readonly Migration[] {
  const names = readdirSync(folder).filter(name => name.endsWith('.sql'));
  return names.sort().map(name => {
    const sql = readFileSync(join(folder, name), 'utf8');
    return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
  });
}

function pending(migrations: readonly Migration[], done: ReadonlyMap<string, string>): readonly Migration[] {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...done.keys()].filter(name => !known.has(name));
  if (unknown.length > 0) {
    throw new StoreError({
      zh: `存储库由更新版本的 Stile 建立（${unknown.join('、')}）。请运行该版本或更新的版本。`,
      en: `The store was made by a newer Stile (${unknown.join(', ')}). Run that one, or newer.`,
    });
  }
  for (const { name, digest } of migrations) {
    const ran = done.get(name);
    if (ran !== undefined && ran !== digest) {
      throw new StoreError({
        zh: `迁移 ${name} 在执行之后被改动过。请恢复原文件，改动另写新的迁移。`,
        en: `The migration ${name} has been altered since it ran. Restore it; write a new one instead.`,
      });
    }
  }
  return migrations.filter(({ name }) => !done.has(name));
}

async function run(client: Client, { name, sql, digest }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO migrations (name, digest) VALUES ($1, $2)', [name, digest]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    const { message } = error as Error;
    throw new StoreError(
      {
        zh: `迁移 ${name} 失败，未做任何改动：${message}`,
        en: `The migration ${name} failed and changed nothing: ${message}`,
      },
      { cause: error },
    );
  }
}
