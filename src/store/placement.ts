/** Decides where the embedded server's files lie and as whom it runs, since PostgreSQL refuses root and sockets have short paths. */
import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readFile, readlink, realpath, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StoreError } from './store-error.js';

/** User and group id that the server runs under; absent: the gateway's own. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface Placement {
  /** Folder of everything the embedded server owns. */
  readonly home: string;
  readonly identity: Identity | undefined;
  /** Folder of the Unix socket; absent where there are no Unix sockets. */
  readonly socketFolder: string | undefined;
}

/** sun_path holds 108 bytes with its end on Linux, fewer on macOS. */
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;
const socketName = '.s.PGSQL.5432';
const rootsHomes = '/var/lib/stile';

/**
 * Chooses and makes the folders of the embedded server of a data folder.
 *
 * @param dataFolder made if it is missing
 * @param sockets whether this platform has Unix sockets
 */
export async function place(dataFolder: string, sockets = process.platform !== 'win32'): Promise<Placement> {
  await mkdir(dataFolder, { recursive: true, mode: 0o755 });
  const folder = await realpath(dataFolder);
  const identity = process.getuid?.() === 0 ? await nobody() : undefined;
  const home = await homeOf(folder, identity);
  await own(home, identity);
  return { home, identity, socketFolder: sockets ? await socketFolderOf(home, identity) : undefined };
}

/** Whether someone who is neither owner nor in the group of it may pass through every folder down to this one. */
export async function mayEnter(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || mayEnter(parent);
}

async function homeOf(folder: string, identity: Identity | undefined): Promise<string> {
  const usual = join(folder, 'postgres');
  const found = await lstat(usual).catch(() => undefined);
  if (found?.isSymbolicLink()) return readlink(usual);
  if (identity === undefined || (await mayEnter(folder))) return usual;
  // The link says which of root's homes belongs to this folder: one left behind by a deleted folder of the same path is another's.
  const base = join(rootsHomes, digestOf(folder));
  await mkdir(rootsHomes, { recursive: true, mode: 0o755 });
  let home = base;
  for (let next = 2; await lstat(home).catch(() => undefined); next += 1) home = `${base}-${next}`;
  await mkdir(home);
  await symlink(home, usual);
  return home;
}

async function socketFolderOf(home: string, identity: Identity | undefined): Promise<string> {
  const usual = join(home, 'socket');
  const short = identity
    ? join(rootsHomes, `socket-${digestOf(home)}`)
    : join(Buffer.byteLength(tmpdir()) < 50 ? tmpdir() : '/tmp', `stile-${process.getuid?.()}-${digestOf(home)}`);
  const fits = Buffer.byteLength(join(usual, socketName)) <= longestSocketPath;
  const folder = fits ? usual : short;
  if (!fits && identity) await mkdir(rootsHomes, { recursive: true, mode: 0o755 });
  await own(folder, identity);
  // A folder under /tmp may have been put there by somebody else, who would then answer in the server's place.
  const found = await lstat(folder);
  const owner = identity?.uid ?? process.getuid?.();
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o022) !== 0) {
    throw new StoreError(
      `The folder ${folder} for the database's socket belongs to somebody else or others may write to it. ` +
        'Remove it, or set STILE_DATA to a data folder with a shorter path.',
    );
  }
  return folder;
}

/** Makes a folder that only the server's user may read. */
async function own(folder: string, identity: Identity | undefined): Promise<void> {
  const made = await mkdir(folder, { mode: 0o700 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  const found = await lstat(folder);
  if (identity && found.isDirectory() && (made || found.uid === 0)) await chown(folder, identity.uid, identity.gid);
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
