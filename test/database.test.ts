import pg from 'pg';
import t from 'tap';
import { database } from './database.js';

async function names(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const found = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'test_%'");
  await client.end();
  return found.rows.map(row => row.datname);
}

t.test('a database is empty, a test’s own, and gone when its test ends', async t => {
  const own = await database(t);
  let dropped = '';
  await t.test('another test', async t => {
    const other = await database(t);
    dropped = new URL(other).pathname.slice(1);
    t.not(other, own);
    const client = new pg.Client({ connectionString: other });
    client.on('error', () => undefined);
    await client.connect();
    const tables = await client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
    t.equal(tables.rowCount, 0);
    t.ok((await names(own)).includes(dropped));
  });
  t.notOk((await names(own)).includes(dropped), 'even though a client was still connected');
});
