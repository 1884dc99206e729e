/**
 * The gateway cannot rewrite what it has written, and an audit cannot write at all: the server itself refuses them.
 *
 * Fault: the gateway's login used to rewrite the ledger
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { migrate } from '../../src/store/migrate.js';
import { openPool } from '../../src/store/pool.js';
import { findHolder } from '../../src/store/postmaster.js';
import { asGateway, mayActAsOwner, roles } from '../../src/store/roles.js';
import { withSetting } from '../../src/store/session-setting.js';
import { asGatewayLogin, database } from '../database.js';
import { openGateway } from '../gateway.js';
import { draftOf, newId, openStore } from '../ledger/open-store.js';
import { startSandbox } from '../sandbox-process.js';
import { dataFolder, end, hold, homeOf } from './holder.js';
import { once } from './statement.js';

const silent = pino({ level: 'silent' });
/** SQLSTATE of a right that is missing. */
const refused = { code: '42501' };

async function clientOf(t: Test, connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

/** A ledger with an entry, a subject and an open intent in it. */
async function openFilled(t: Test) {
  const store = await openStore(t);
  const ledger = await store.open();
  await ledger.append(draftOf({ opensIntent: true }));
  await ledger.close();
  t.equal((await store.pool.query('SELECT FROM ledger_subjects')).rowCount, 1, 'there is something to alter');
  const partition = new Date().toISOString().slice(0, 7).replace('-', '_');
  return { store, partition };
}

/** What nobody but the owner may do, by what it would be good for. */
const forbidden = (partition: string): readonly (readonly [string, string])[] => [
  ...['ledger_entries', 'ledger_subjects', 'ledger_months'].flatMap(
    table =>
      [
        [`alter a row of ${table}`, `UPDATE ${table} SET shard = shard`],
        [`delete rows of ${table}`, `DELETE FROM ${table}`],
        [`empty ${table}`, `TRUNCATE ${table}`],
        [`drop ${table}`, `DROP TABLE ${table} CASCADE`],
        [`disable triggers of ${table}`, `ALTER TABLE ${table} DISABLE TRIGGER ALL`],
        [`alter ${table}`, `ALTER TABLE ${table} ADD COLUMN more text`],
        [`rewrite what inserts into ${table} do`, `CREATE RULE none AS ON INSERT TO ${table} DO INSTEAD NOTHING`],
        [`keep others from ${table}`, `DO $$ BEGIN LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE; END $$`],
      ] as const,
  ),
  ...['ledger_entries', 'ledger_subjects'].flatMap(
    table =>
      [
        [`alter a partition of ${table}`, `UPDATE ${table}_${partition} SET shard = shard`],
        [`delete from a partition of ${table}`, `DELETE FROM ${table}_${partition}`],
        [`insert past ${table}`, `INSERT INTO ${table}_${partition} SELECT * FROM ${table}`],
        [`empty a partition of ${table}`, `TRUNCATE ${table}_${partition}`],
        [`drop a partition of ${table}`, `DROP TABLE ${table}_${partition}`],
        [`detach a partition of ${table}`, `ALTER TABLE ${table} DETACH PARTITION ${table}_${partition}`],
        [`attach a partition to ${table}`, `CREATE TABLE more PARTITION OF ${table} DEFAULT`],
      ] as const,
  ),
  ['delete a head', 'DELETE FROM ledger_heads'],
  ['empty the heads', 'TRUNCATE ledger_heads'],
  ['alter a tile', `UPDATE ledger_tiles SET hashes = ''`],
  ['delete tiles', 'DELETE FROM ledger_tiles'],
  ['delete a checkpoint', 'DELETE FROM ledger_checkpoints'],
  ['alter a text', `UPDATE ledger_texts SET text = 'another'`],
  ['erase a text on no record', 'UPDATE ledger_texts SET text = NULL, salt = NULL'],
  ['delete a text', 'DELETE FROM ledger_texts'],
  ['erase texts in another way', 'ALTER FUNCTION ledger_erase_text SECURITY INVOKER'],
  ['alter an intent', 'UPDATE ledger_intents SET epoch = 0'],
  ['make any month', 'SELECT ledger_make_month(0)'],
  ['append in another way', 'ALTER FUNCTION ledger_append RENAME TO other'],
  ['make months in another way', 'ALTER FUNCTION ledger_make_months() SECURITY INVOKER'],
  ['drop a month', `SELECT ledger_drop_month('2022-06', '', 0, 0)`],
  ['free a month that is held', `SELECT ledger_hold_month('2022-06', NULL)`],
  ['pretend a drop', `INSERT INTO ledger_retention (month) VALUES ('2022-06')`],
  ['alter an agreement', `UPDATE agreements SET document = '{}'`],
  ['delete an agreement', 'DELETE FROM agreements'],
  ['pretend a migration', `INSERT INTO migrations (name, digest) VALUES ('x', 'x')`],
  ['make a table', 'CREATE TABLE more (number int)'],
  ['make a temporary table', 'CREATE TEMPORARY TABLE more (number int)'],
  ['make a function', 'CREATE FUNCTION more() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'],
  ['make a schema', 'CREATE SCHEMA more'],
  [
    'make a trigger',
    'CREATE TRIGGER more BEFORE INSERT ON ledger_entries EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()',
  ],
  ['run without triggers', 'SET session_replication_role = replica'],
  ['run a program', `COPY ledger_entries FROM PROGRAM 'true'`],
];

t.test('as the gateway, whoever logged in, what would rewrite the ledger is refused', async t => {
  const { store, partition } = await openFilled(t);
  const before = (await store.pool.query('SELECT * FROM ledger_entries, ledger_subjects, ledger_months')).rows;
  for (const [way, connectionString] of [
    ['by its own login', store.database],
    ['by a login that sets its rights aside', asGateway(store.owner)],
  ] as const) {
    const client = await clientOf(t, connectionString);
    t.same((await client.query('SELECT current_user AS name')).rows, [{ name: roles.gateway }], way);
    for (const [purpose, statement] of forbidden(partition)) {
      await t.rejects(client.query(statement), refused, `${way}: ${purpose}`);
    }
  }
  const client = await clientOf(t, store.database);
  const owner = new URL(store.owner).username;
  for (const statement of [`SET ROLE ${owner}`, `SET SESSION AUTHORIZATION ${owner}`])
    await t.rejects(client.query(statement), refused, statement);
  await client.query('RESET ROLE');
  await t.rejects(client.query('DELETE FROM ledger_entries'), refused, 'there is nothing to go back to');
  t.same((await store.pool.query('SELECT * FROM ledger_entries, ledger_subjects, ledger_months')).rows, before);
});

t.test('the gateway erases a text by an entry that says so, and by no other', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  await ledger.append(draftOf({ text: 'it stays' }));
  await ledger.append(draftOf({}, { record: '0/0', action: 'text' }));
  const members = { kind: 'erasure', id: newId(), action: 'text', outcome: 'refused', record: '0/0' } as const;
  await ledger.append({ entry: members });
  const client = await clientOf(t, store.database);
  const erase = 'SELECT ledger_erase_text(shard, index, time) FROM ledger_entries';
  await client.query(erase);
  t.same((await client.query('SELECT text FROM ledger_texts')).rows, [{ text: 'it stays' }]);
  await ledger.append({ entry: { kind: 'erasure', id: newId(), action: 'text', record: '0/0' } });
  await client.query(erase);
  t.match((await client.query('SELECT text, erased_index FROM ledger_texts')).rows, [
    { text: null, erased_index: '3' },
  ]);
});

t.test('the owner may do what the gateway may not, so that it is the role that is refused', async t => {
  const { store, partition } = await openFilled(t);
  for (const statement of [
    'UPDATE ledger_entries SET shard = shard',
    `DELETE FROM ledger_subjects_${partition}`,
    'CREATE TEMPORARY TABLE more (number int)',
  ])
    await t.resolves(store.pool.query(statement), statement);
});

t.test('the partitions that the gateway has made belong to the owner', async t => {
  const { store, partition } = await openFilled(t);
  await store.pool.query(`DROP TABLE ledger_entries_${partition}, ledger_subjects_${partition}`);
  await once(store.database, 'SELECT ledger_make_months()');
  const { rows } = await store.pool.query(
    `SELECT DISTINCT tableowner = current_user AS own FROM pg_tables WHERE tablename LIKE 'ledger\\_%'`,
  );
  t.same(rows, [{ own: true }]);
  await t.rejects(once(store.database, `DROP TABLE ledger_entries_${partition}`), refused);
});

t.test('an audit reads the ledger’s tables and nothing else', async t => {
  const { store } = await openFilled(t);
  const client = await clientOf(t, withSetting(store.owner, 'role', roles.audit));
  const { rows: tables } = await store.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND NOT relispartition ORDER BY relname`,
  );
  for (const { name } of tables) {
    const read = client.query(`SELECT FROM ${name}`);
    if (name.startsWith('ledger_')) await t.resolves(read, `${name} is read`);
    else await t.rejects(read, refused, `${name} is not`);
    await t.rejects(client.query(`INSERT INTO ${name} DEFAULT VALUES`), refused);
    await t.rejects(client.query(`DELETE FROM ${name}`), refused);
  }
  for (const table of ['ledger_entries', 'ledger_subjects', 'ledger_months', 'ledger_heads', 'ledger_intents'])
    await t.rejects(client.query(`UPDATE ${table} SET shard = shard`), refused, table);
  for (const statement of [
    'SELECT ledger_make_months()',
    'SELECT ledger_make_month(0)',
    'CREATE TABLE more (number int)',
    'CREATE TEMPORARY TABLE more (number int)',
  ])
    await t.rejects(client.query(statement), refused, statement);
});

t.test('a gateway says at its start when its login could take the owner’s rights again', async t => {
  const messages = { own: [] as string[], owners: [] as string[] };
  const loggerTo = (list: string[]) => pino({ level: 'warn' }, { write: (line: string) => void list.push(line) });
  const gateway = await openGateway(t, { logger: loggerTo(messages.own) });
  const another = await openGateway(t, {
    beside: gateway,
    logger: loggerTo(messages.owners),
    route: async () => gateway.database,
  });
  t.same(messages.own, []);
  t.match(
    messages.owners.map(line => JSON.parse(line).msg),
    ['the gateway logs in as the owner of the ledger, and only sets its rights aside'],
  );
  const { residentId } = sampleResidents.married;
  t.equal((await another.exchange('civil-affairs/marriage-status/v1', { residentId })).status, 200, 'it works as well');
});

t.test('migrations are the owner’s; a gateway starts without one when there are none to run', async t => {
  const owner = await database(t);
  const login = asGatewayLogin(owner);
  await t.rejects(migrate(login), { name: 'StoreError', message: /001-ledger\.sql.*only its owner.*STILE_OWNER_URL/ });
  await migrate(owner);
  await t.resolves(migrate(login));
});

t.test('an owner need not be a superuser', async t => {
  const holder = await hold(t, await dataFolder(t));
  const superuser = holder.connectionString;
  const loginAs = (username: string, name = 'ledgers') =>
    Object.assign(new URL(superuser), { username, password: 'secret', pathname: `/${name}` }).href;
  await once(superuser, `DROP ROLE ${roles.gateway}, ${roles.audit}`);
  await once(
    superuser,
    `CREATE ROLE plain LOGIN PASSWORD 'secret'; CREATE ROLE maker LOGIN CREATEROLE PASSWORD 'secret'`,
  );
  await once(superuser, 'CREATE DATABASE ledgers OWNER plain');
  await once(superuser, 'CREATE DATABASE others OWNER maker');
  await t.rejects(migrate(loginAs('plain')), {
    name: 'StoreError',
    message: /no role stile_gateway, and its owner may not make one.*CREATE ROLE stile_gateway/,
  });

  await migrate(loginAs('maker', 'others'));
  const pool = await openPool(asGateway(loginAs('maker', 'others')), silent);
  t.same((await pool.query('SELECT current_user AS name')).rows, [{ name: roles.gateway }]);
  t.equal(await mayActAsOwner(pool), true);
  await pool.end();

  await migrate(loginAs('plain'));
  await t.rejects(openPool(asGateway(loginAs('plain')), silent), {
    name: 'StoreError',
    message: /may not act as stile_gateway: permission denied.*GRANT stile_gateway/,
  });
  await once(superuser, `GRANT ${roles.gateway} TO plain`);
  await (await openPool(asGateway(loginAs('plain')), silent)).end();
  await end(holder);
});

t.test('the gateway’s own server has two logins, each with a password of its own', async t => {
  const folder = await dataFolder(t);
  const first = await hold(t, folder);
  const [owner, gateway] = [first.connectionString, first.gatewayConnectionString].map(text => new URL(text)) as [
    URL,
    URL,
  ];
  t.equal(gateway.username, roles.gateway);
  t.ok(gateway.password.length >= 32);
  t.not(gateway.password, owner.password);
  t.same((await once(gateway.href, 'SELECT session_user AS name')).rows, [{ name: roles.gateway }]);
  await t.rejects(once(gateway.href, 'CREATE TABLE more ()'), refused);
  await t.rejects(once(Object.assign(new URL(gateway), { password: owner.password }).href, 'SELECT 1'), {
    code: '28P01',
  });
  await end(first);
  const second = await hold(t, folder);
  t.not(new URL(second.gatewayConnectionString).password, gateway.password, 'a new one at each start');
  await end(second);
});

t.test('`npm start` works as the gateway, and as the owner only to migrate', async t => {
  const folder = await dataFolder(t);
  const sandbox = await startSandbox(t, folder);
  const home = await homeOf(folder);
  const holder = await findHolder(join(home, 'cluster'), undefined);
  const password = await readFile(join(home, 'password'), 'utf8');
  const address = `postgresql://stile:${password}@localhost:${holder?.port}/stile?host=${encodeURIComponent(holder?.host ?? '')}`;
  const { rows } = await once(
    address,
    `SELECT DISTINCT usename AS name FROM pg_stat_activity WHERE datname = 'stile' AND pid <> pg_backend_pid()`,
  );
  t.same(rows, [{ name: roles.gateway }]);
  t.equal(await sandbox.end(), 0);
});
