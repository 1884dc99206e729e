/** A primary and its synchronous standby, of Debian's PostgreSQL, and one address that leads to whichever is the primary. */
import pg from 'pg';
import { until } from '../until.js';
import { type CutProxy, openCutProxy } from './cut-proxy.js';
import { openServer, runProgram, type Server } from './server.js';

export interface Pair {
  readonly primary: Server;
  readonly standby: Server;
  /** Leads to the primary. */
  readonly proxy: CutProxy;
  /** The primary is gone for good: makes the standby the primary, and the address lead to it. */
  failOver(): Promise<void>;
}

/** As the primary knows it. */
const name = 'standby';

export async function openPair(t: Parameters<typeof openServer>[0]): Promise<Pair> {
  const primary = await openServer(t);
  const standby = await openServer(t, {
    make: folder =>
      runProgram('pg_basebackup', [
        '--pgdata',
        folder,
        '--dbname',
        `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`,
        '--write-recovery-conf',
        '--checkpoint=fast',
        '--no-sync',
      ]),
  });
  await once(primary, `ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await once(primary, 'SELECT pg_reload_conf()');
  await until(async () => (await once(primary, "SELECT FROM pg_stat_replication WHERE sync_state = 'sync'")) === 1);
  const proxy = await openCutProxy(t, primary.database);
  return {
    primary,
    standby,
    proxy,
    async failOver() {
      await primary.kill();
      await runProgram('pg_ctl', ['promote', '--wait', '--pgdata', standby.folder]);
      proxy.turnTo(standby.database);
    },
  };
}

/** @returns how many rows there were */
export async function once({ database }: Pick<Server, 'database'>, statement: string): Promise<number | null> {
  const client = new pg.Client({ connectionString: database });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(statement)).rowCount;
  } finally {
    await client.end();
  }
}
