/** The pool of connections to the store, opened only on a PostgreSQL that keeps what it acknowledges. */
import { Pool } from 'pg';
import type { Logger } from 'pino';
import { roleRefused } from './roles.js';
import { StoreError } from './store-error.js';

/** Oldest PostgreSQL, as `server_version_num` counts. */
const oldestVersion = 150_000;
/** Settings without which an acknowledged commit can be lost. */
const durable = ['fsync', 'full_page_writes', 'synchronous_commit'] as const;
/** Longest wait for a connection and for one statement, milliseconds: a store that hangs never hangs the gateway. */
const deadline = 5000;

/**
 * @param database connection string
 * @throws StoreError when the server cannot be reached, is too old, or may lose what it has acknowledged
 */
export async function openPool(database: string, logger: Logger): Promise<Pool> {
  const pool = new Pool({
    connectionString: database,
    application_name: 'stile',
    max: 8,
    connectionTimeoutMillis: deadline,
    query_timeout: deadline,
    statement_timeout: deadline,
  });
  pool.on('error', error => logger.warn({ err: error }, 'an idle connection to the store broke'));
  try {
    await refuseUnsafe(pool);
  } catch (error) {
    await pool.end();
    if (error instanceof StoreError) throw error;
    throw unreachable(error as Error);
  }
  return pool;
}

async function refuseUnsafe(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [['server_version_num', ...durable]],
  );
  const settings = new Map(rows.map(({ name, setting }) => [name, setting]));
  if (Number(settings.get('server_version_num')) < oldestVersion) {
    throw new StoreError({
      zh: '存储库的 PostgreSQL 版本低于 15。请使用 15 及以上版本。',
      en: 'The store is older than PostgreSQL 15. Use 15 or newer.',
    });
  }
  const off = durable.filter(name => settings.get(name) === 'off');
  if (off.length > 0) {
    throw new StoreError({
      zh: `存储库关闭了 ${off.join('、')}，可能丢失已确认的记录。请将其打开。`,
      en: `The store has ${off.join(', ')} off and may lose records it has acknowledged. Turn it on.`,
    });
  }
}

export const unreachable = (cause: Error): StoreError =>
  roleRefused(cause) ??
  new StoreError(
    {
      zh: `无法连接存储库：${cause.message}。请检查 DATABASE_URL 以及数据库是否在运行。`,
      en: `The store cannot be reached: ${cause.message}. Check DATABASE_URL, and that the database runs.`,
    },
    { cause },
  );
