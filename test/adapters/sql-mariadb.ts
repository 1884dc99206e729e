/** A MariaDB of a test's own, in a temporary folder, as a department's database. */
import { spawn, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import type { Test } from 'tap';
import { makeAuthority } from './certificates.js';
import { openSql, table } from './sql-systems.js';

/** The name on the server's certificate; it is reached by address. */
export const serverName = 'marriages.civil-affairs.stile.example';
export const program = ['mariadbd', '--version'];

/** Starts one, with the table that tests ask and a login that may read it; it goes with the test. */
export async function mariadb(t: Test, more: Readonly<Record<string, unknown>> = {}, log?: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'stile-mariadb-'));
  const data = join(folder, 'data');
  const socket = join(folder, 'socket');
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  // Whichever starts deletes what another keeps in a folder that both have for temporary tables.
  const env = { ...process.env, TMPDIR: folder };
  const made = spawnSync(
    'mariadb-install-db',
    ['--no-defaults', ...user, `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { encoding: 'utf8', env },
  );
  if (made.status !== 0) throw new Error(`no MariaDB could be made: ${made.stdout}${made.stderr}`);
  const authority = makeAuthority('a private authority');
  const issued = authority.issue(serverName);
  await writeFile(join(folder, 'certificate.pem'), issued.certificate);
  await writeFile(join(folder, 'key.pem'), issued.key);
  await chmod(join(folder, 'key.pem'), 0o600);
  const port = await freePort();
  const server = spawn(
    'mariadbd',
    [
      ...[
        '--no-defaults',
        ...user,
        `--datadir=${data}`,
        `--socket=${socket}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
      ],
      ...[`--ssl-cert=${join(folder, 'certificate.pem')}`, `--ssl-key=${join(folder, 'key.pem')}`],
      ...['--innodb-buffer-pool-size=16M', '--skip-name-resolve', `--pid-file=${join(folder, 'pid')}`],
    ],
    { stdio: 'ignore', env },
  );
  const ended = new Promise(resolve => server.once('exit', resolve));
  t.teardown(async () => {
    server.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true });
  });
  const owner = await whenReady(socket, () => server.exitCode !== null);
  t.teardown(() => owner.end());
  await owner.query('CREATE DATABASE marriages CHARACTER SET utf8mb4');
  await owner.query('USE marriages');
  for (const statement of table) await owner.query(statement);
  await owner.query("CREATE USER reader IDENTIFIED BY 'correct-horse'");
  await owner.query('GRANT SELECT ON marriages.hydj TO reader');
  const login = { driver: 'mysql', database: 'marriages', user: 'reader', password: 'correct-horse' };
  const settings = { ...login, host: socket, ...more };
  return { owner, port, authority, login, settings, ...openSql(t, settings, log) };
}

async function whenReady(socketPath: string, hasEnded: () => boolean): Promise<Connection> {
  for (;;) {
    try {
      return await createConnection({ socketPath, user: 'root' });
    } catch (error) {
      if (hasEnded()) throw error;
      await pause(20);
    }
  }
}

/** One that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
