/** Decides where the embedded server's files lie and as whom it runs, since PostgreSQL refuses root and sockets have short paths. */
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, readlink, realpath, rmdir, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StoreError } from './store-error.js';

/** User and group id that the server runs under. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface Placement {
  /** Folder of everything the embedded server owns: binaries if copied, cluster, log, password, socket. */
  readonly home: string;
  /** Absent: the server runs as the gateway does. */
  readonly identity: Identity | undefined;
  /** Folder of the Unix socket; absent where there are none, and the server then listens on loopback. */
  readonly socketFolder: string | undefined;
}

/** sun_path has 108 bytes with its end on Linux and 104 on macOS. */
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;
const socketName = '.s.PGSQL.5432';
/** Where the server's files go when the data folder is one that only root may enter. */
const rootsHomes = '/var/lib/stile';

/**
 * Chooses and makes the folders of a data folder's embedded server.
 *
 * @param dataFolder made if it is missing
 * @param sockets whether to listen on a Unix socket
 * @throws StoreError when a folder is somebody else's
 */
export async function place(dataFolder: string, sockets: boolean): Promise<Placement> {
  await mkdir(dataFolder, { recursive: true });
  const folder = await realpath(dataFolder);
  const home = await homeOf(folder);
  const identity = process.getuid?.() === 0 ? await identityOf(home) : undefined;
  await own(home, identity);
  return { home, identity, socketFolder: sockets ? await socketFolderOf(home, identity) : undefined };
}

/** Whether a user may pass through every folder down to this one, by their modes. */
export async function mayEnter(folder: string, { uid, gid }: Identity): Promise<boolean> {
  const found = await stat(folder);
  const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
  if ((found.mode & bit) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || mayEnter(parent, { uid, gid });
}

async function homeOf(folder: string): Promise<string> {
  const usual = join(folder, 'postgres');
  const found = await lstat(usual).catch(() => undefined);
  if (found?.isSymbolicLink()) return readlink(usual);
  if (found || process.getuid?.() !== 0 || (await mayEnter(folder, await nobody()))) return usual;
  return homeOfRoot(folder, usual);
}

/** The link in the data folder says which home is its own: one left by a deleted data folder of the same path is not. */
async function homeOfRoot(folder: string, link: string): Promise<string> {
  await openFolder(rootsHomes);
  const base = join(rootsHomes, digestOf(folder));
  for (let turn = 1; ; turn += 1) {
    const home = turn === 1 ? base : `${base}-${turn}`;
    if (!(await makeFolder(home))) continue;
    try {
      await symlink(home, link);
      return home;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // Another gateway was faster.
      await rmdir(home);
      return readlink(link);
    }
  }
}

async function socketFolderOf(home: string, identity: Identity | undefined): Promise<string> {
  const usual = join(home, 'socket');
  if (Buffer.byteLength(join(usual, socketName)) <= longestSocketPath) {
    await own(usual, identity);
    return usual;
  }
  if (identity) await openFolder(rootsHomes);
  const temporary = Buffer.byteLength(tmpdir()) < 50 ? tmpdir() : '/tmp';
  const short = identity
    ? join(rootsHomes, `socket-${digestOf(home)}`)
    : join(temporary, `stile-${process.getuid?.()}-${digestOf(home)}`);
  await own(short, identity);
  return short;
}

/** Makes a folder that only the server's user may enter, or finds it so. */
async function own(folder: string, identity: Identity | undefined): Promise<void> {
  await makeFolder(folder);
  let found = await lstat(folder);
  if (identity && found.isDirectory() && found.uid === 0) {
    await chown(folder, identity.uid, identity.gid);
    found = await lstat(folder);
  }
  // In a shared folder such as /tmp somebody may have been there first, to answer in the server's place.
  const owner = identity?.uid ?? process.getuid?.();
  if (found.isDirectory() && (owner === undefined || (found.uid === owner && (found.mode & 0o077) === 0))) return;
  throw new StoreError({
    zh: `数据库所用目录 ${folder} 属于其他用户（uid ${found.uid}）或他人可进入。请由首次启动网关的用户启动，或将 STILE_DATA 设为其他数据目录。`,
    en: `The database's folder ${folder} belongs to another user (uid ${found.uid}) or others may enter it. Start as the user who started the gateway first, or set STILE_DATA to another data folder.`,
  });
}

/** Makes a folder that everyone may pass through, whatever the umask is. */
async function openFolder(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  if (await makeFolder(folder)) await chmod(folder, 0o755);
}

/** @returns false when it was there */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Root runs the server as whoever owns its files already, and as nobody at first. */
async function identityOf(home: string): Promise<Identity> {
  const found = await lstat(home).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : nobody();
}

async function nobody(): Promise<Identity> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = users
    .split('\n')
    .find(line => line.startsWith('nobody:'))
    ?.split(':');
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  return uid > 0 && gid > 0 ? { uid, gid } : { uid: 65534, gid: 65534 };
}

const digestOf = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 16);
