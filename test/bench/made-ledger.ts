/** Opens a made-up ledger in a PostgreSQL of its own; one that an earlier run kept is taken as it is. */
import { chmodSync, mkdirSync } from 'node:fs';
import pg from 'pg';
import { pino } from 'pino';
import { startEmbedded } from '../../src/store/embedded.js';
import { migrate } from '../../src/store/migrate.js';
import { fill, type Span, spanUntil } from './ledger-fill.js';

export interface MadeLedger {
  /** Connection string. */
  readonly database: string;
  readonly pool: pg.Pool;
  readonly span: Span;
}

export interface Maker {
  /** A ledger of so many entries. */
  ledgerOf(count: number): Promise<MadeLedger>;
  close(): Promise<void>;
}

/** @param folder where the server keeps its data */
export async function openMaker(folder: string): Promise<Maker> {
  mkdirSync(folder, { recursive: true });
  // The server runs as another user when this is root, and keeps its files here if it may enter.
  chmodSync(folder, 0o755);
  const server = await startEmbedded({ dataFolder: folder, logger: pino({ level: 'warn' }) });
  const owner = new pg.Pool({ connectionString: server.connectionString, max: 1 });
  const pools: pg.Pool[] = [owner];

  async function ledgerOf(count: number): Promise<MadeLedger> {
    const name = `made_${count}`;
    const url = new URL(server.connectionString);
    url.pathname = `/${name}`;
    const { rowCount } = await owner.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    const pool = new pg.Pool({ connectionString: url.href, max: 2 });
    pools.push(pool);
    if (rowCount === 0) {
      await owner.query(`CREATE DATABASE ${name}`);
      await owner.query(`ALTER DATABASE ${name} SET maintenance_work_mem = '256MB'`);
      await migrate(url.href);
      const began = performance.now();
      await fill(pool, count, spanUntil(Date.now()), written => {
        process.stderr.write(`\r${written} of ${count} entries, ${Math.round((performance.now() - began) / 1000)} s`);
      });
      process.stderr.write(`, with indexes ${Math.round((performance.now() - began) / 1000)} s\n`);
    }
    const { rows } = await pool.query<{ ends: string }>('SELECT max(time) + 1 AS ends FROM ledger_heads');
    return { database: url.href, pool, span: spanUntil(Number(rows[0]?.ends)) };
  }

  return {
    ledgerOf,
    async close() {
      await Promise.all(pools.map(pool => pool.end()));
      await server.stop();
    },
  };
}
