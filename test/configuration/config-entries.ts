/** The ledger's entries of config, as its store has them; and a store that takes none. */
import pg from 'pg';
import type { Test, TestGateway } from '../gateway.js';

type Entry = Readonly<Record<string, unknown>>;

/** Every entry of the kind `config`, oldest first. */
export async function configEntries({ database }: Pick<TestGateway, 'database'>): Promise<readonly Entry[]> {
  const text = `SELECT convert_from(entry, 'UTF8')::json AS entry FROM ledger_entries WHERE kind = 'config'
    ORDER BY time, shard, index`;
  return (await run<{ entry: Entry }>(database, text)).map(({ entry }) => entry);
}

/** As a store is that was in use before configs were kept in it. */
export async function forgetConfigs({ database }: Pick<TestGateway, 'database'>): Promise<void> {
  await run(database, 'TRUNCATE configs, config_changes');
}

/** From now on the store itself refuses each entry of the kind `config`, and takes all others. */
export async function refuseConfigEntries(
  t: Pick<Test, 'teardown'>,
  database: string,
): Promise<{ readonly allow: () => Promise<void> }> {
  await run(
    database,
    `CREATE FUNCTION refuse_config() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no entry of config is taken'; END $$;
    CREATE TRIGGER refuse_config BEFORE INSERT ON ledger_entries FOR EACH ROW WHEN (NEW.kind = 'config')
      EXECUTE FUNCTION refuse_config()`,
  );
  const allow = async () => void (await run(database, 'DROP FUNCTION IF EXISTS refuse_config CASCADE'));
  t.teardown(allow);
  return { allow };
}

async function run<Row extends pg.QueryResultRow>(connectionString: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
