/** The natural resources bureau's real-estate register as its database has it: tables, a view to ask, and a login that may read the view. */
import pg from 'pg';
import { makeDatabase } from '../store/claim.js';
import { homesOf } from './homes.js';
import { originOfData } from './origin.js';
import type { Population } from './population.js';

export const propertyDatabase = 'property_registration';
/** The login that the gateway is given. */
export const reader = 'stile_reader';
/** When the register was last brought up to date, in China's time. */
const updatedAt = '2026-10-31 22:15:00';
/** Any number will do: whoever fills the register of a server holds it. */
const lockKey = 440_300;

const tables = `
  CREATE TABLE bdc.fdcq (bdcdyh text PRIMARY KEY, zl text NOT NULL, jzmj numeric(8,2) NOT NULL, ghyt text NOT NULL, gyfs text NOT NULL, djsj timestamp NOT NULL);
  CREATE TABLE bdc.qlr (bdcdyh text NOT NULL REFERENCES bdc.fdcq, zjhm text NOT NULL, xm text NOT NULL, PRIMARY KEY (zjhm, bdcdyh));
  CREATE TABLE bdc.gx (gxsj timestamp NOT NULL);
  CREATE VIEW bdc.v_zf AS
    SELECT zjhm, bdcdyh, zl, jzmj, gyfs, djsj, gxsj FROM bdc.fdcq JOIN bdc.qlr USING (bdcdyh) CROSS JOIN bdc.gx WHERE ghyt = '10';
  GRANT USAGE ON SCHEMA bdc TO ${reader};
  GRANT SELECT ON bdc.v_zf TO ${reader};`;

/**
 * Makes the register on a server, or finds it as it must be; whoever does so meanwhile waits.
 *
 * @param server connection string of any of its databases, as a superuser
 * @param password of the gateway's login
 */
export async function makePropertyRegister(server: string, population: Population, password: string): Promise<void> {
  await connected(server, async client => {
    await client.query('SELECT pg_advisory_lock($1)', [lockKey]);
    await makeDatabase(server, propertyDatabase);
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [reader]);
    const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
    await client.query(`${verb} ROLE ${reader} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    const url = new URL(server);
    url.pathname = `/${propertyDatabase}`;
    await connected(url.href, register => fill(register, population));
  });
}

async function connected(connectionString: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** All of it in one transaction, unless what is there was made of the same. */
async function fill(client: pg.Client, population: Population): Promise<void> {
  const origin = originOfData();
  const { rows } = await client.query(`SELECT obj_description(to_regnamespace('bdc'), 'pg_namespace') AS origin`);
  if (rows[0]?.origin === origin) return;
  const homes = homesOf(population);
  const owned = homes.flatMap(({ unitCode, owners }) => owners.map(owner => [unitCode, owner] as const));
  const values = [
    homes.map(({ unitCode }) => unitCode),
    homes.map(({ address }) => address),
    homes.map(({ floorArea }) => floorArea),
    homes.map(({ owners }) => (owners.length > 1 ? '1' : '0')),
    homes.map(({ registeredOn }) => registeredOn),
  ];
  const owners = [
    owned.map(([unitCode]) => unitCode),
    owned.map(([, { residentId }]) => residentId),
    owned.map(([, { name }]) => name),
  ];
  await client.query('BEGIN');
  await client.query('DROP SCHEMA IF EXISTS bdc CASCADE');
  await client.query(`CREATE SCHEMA bdc; ${tables} COMMENT ON SCHEMA bdc IS '${origin}'`);
  await client.query('INSERT INTO bdc.gx VALUES ($1)', [updatedAt]);
  await client.query(
    `INSERT INTO bdc.fdcq SELECT bdcdyh, zl, jzmj, '10', gyfs, djsj
       FROM unnest($1::text[], $2::text[], $3::numeric[], $4::text[], $5::timestamp[]) AS home (bdcdyh, zl, jzmj, gyfs, djsj)`,
    values,
  );
  await client.query('INSERT INTO bdc.qlr SELECT * FROM unnest($1::text[], $2::text[], $3::text[])', owners);
  await client.query('COMMIT');
}
