/** The configs that were in force, kept in the store so that any replica can go back to the one before: files as they were, no resolved secret. */
import type { Pool, PoolClient } from 'pg';
import type { Contents } from '../registry/files.js';
import { packContents, unpackContents } from './archive.js';

export interface KeptConfigs {
  /** Keeps a config and remembers that it came into force after all others. */
  keep(registry: string, contents: Contents): Promise<void>;
  /** Its files; undefined when it is not kept. They are to be held against the digest. */
  read(registry: string): Promise<Contents | undefined>;
  /** Its files as one, see `unpackContents`. */
  archive(registry: string): Promise<Buffer | undefined>;
  /** Digests of those that were in force before it was last, the latest first. */
  before(registry: string): Promise<readonly string[]>;
}

/** How many times back it can be gone. */
const most = 20;

const changesSql = 'SELECT registry FROM config_changes ORDER BY number';
const forgetSql = `DELETE FROM config_changes
  WHERE number <= (SELECT number FROM config_changes ORDER BY number DESC OFFSET $1 LIMIT 1)`;
const dropSql = 'DELETE FROM configs WHERE registry NOT IN (SELECT registry FROM config_changes)';

export function openKeptConfigs(pool: Pool): KeptConfigs {
  /** Oldest first. */
  async function changes(store: Pick<PoolClient, 'query'>): Promise<readonly string[]> {
    return (await store.query<{ registry: string }>(changesSql)).rows.map(({ registry }) => registry);
  }

  async function archive(registry: string): Promise<Buffer | undefined> {
    const text = 'SELECT files FROM configs WHERE registry = $1';
    return (await pool.query<{ files: Buffer }>(text, [registry])).rows[0]?.files;
  }

  async function keepIn(client: PoolClient, registry: string, contents: Contents): Promise<void> {
    // Replicas take turns, or one would drop what another is about to point to.
    await client.query('LOCK TABLE config_changes IN SHARE ROW EXCLUSIVE MODE');
    if ((await changes(client)).at(-1) === registry) return;
    const packed = await packContents(contents);
    await client.query('INSERT INTO configs VALUES ($1, $2) ON CONFLICT DO NOTHING', [registry, packed]);
    await client.query('INSERT INTO config_changes (registry) VALUES ($1)', [registry]);
    await client.query(forgetSql, [most]);
    await client.query(dropSql);
  }

  return {
    archive,
    async keep(registry, contents) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await keepIn(client, registry, contents);
        await client.query('COMMIT');
        client.release();
      } catch (error) {
        // Ends the session, and with it the transaction.
        client.release(true);
        throw error;
      }
    },
    async read(registry) {
      const found = await archive(registry);
      return found && unpackContents(found);
    },
    async before(registry) {
      const digests = await changes(pool);
      const at = digests.lastIndexOf(registry);
      const earlier = new Set((at < 0 ? digests : digests.slice(0, at)).toReversed());
      earlier.delete(registry);
      return [...earlier];
    },
  };
}
