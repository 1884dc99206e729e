/** A folder on another machine, over SFTP: its host key is the one that config has, or nothing is said to it. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Client, ConnectConfig, FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';
import type { SftpSettings } from '../schemas/stile/adapters/file-settings.js';
import { failure } from './adapter.js';
import { type FindAddresses, guardedLookup } from './address-guard.js';
import { type Drop, DropError, type Dropped } from './file-drop.js';
import { openNameless } from './file-reading.js';

const defaultPort = 22;
const defaultConnectTimeout = 10_000;
/** Milliseconds without a byte after which a connection is dropped. */
const silence = 30_000;
const chunkBytes = 262_144;
/** SSH_FX_EOF (draft-ietf-secsh-filexfer-02, section 7). */
const endOfFile = 1;
const fileType = 0o170000;
const plainFile = 0o100000;

/** Loaded only where config names such a folder. */
async function newClient(): Promise<Client> {
  try {
    return new (await import('ssh2')).default.Client();
  } catch {
    throw new DropError('the library for SFTP (ssh2) is not installed', failure.unreachable);
  }
}

export interface SftpOptions {
  readonly folder: string;
  /** Where what is fetched is kept, under no name. */
  readonly snapshots: string | undefined;
  readonly find?: FindAddresses;
}

export function openSftp(settings: SftpSettings, { folder, snapshots, find }: SftpOptions): Drop {
  let session: Promise<Session> | undefined;
  let closed = false;

  /** One connection for all looks, made again once it is lost. */
  async function connected(): Promise<Session> {
    if (closed) throw lostConnection();
    session ??= openSession(settings, find, () => {
      session = undefined;
    });
    try {
      return await session;
    } catch (error) {
      session = undefined;
      throw error;
    }
  }

  const pathOf = (name: string): string => `${folder.replace(/\/$/, '')}/${name}`;

  return {
    async list() {
      const open = await connected();
      const entries = await called<FileEntryWithStats[]>(open, (sftp, done) => sftp.readdir(folder, done));
      return entries.filter(({ attrs }) => isPlain(attrs)).map(({ filename, attrs }) => droppedOf(filename, attrs));
    },
    async open(name, limit) {
      const open = await connected();
      // As the entry itself: the server would follow a link.
      const stats = await called<Stats>(open, (sftp, done) => sftp.lstat(pathOf(name), done));
      if (!isPlain(stats)) throw new DropError('it is no plain file');
      return fetch(open, pathOf(name), limit, snapshots);
    },
    async close() {
      closed = true;
      // What is under way on it fails, and is waited for no longer.
      await session?.then(
        ({ client }) => client.destroy(),
        () => undefined,
      );
    },
  };
}

interface Session {
  readonly client: Client;
  readonly sftp: SFTPWrapper;
  isOpen: boolean;
}

async function openSession(
  settings: SftpSettings,
  find: FindAddresses | undefined,
  lost: () => void,
): Promise<Session> {
  const { host, port = defaultPort, user, password, key, passphrase, hostKeys } = settings;
  const { connectTimeout = defaultConnectTimeout } = settings;
  const client = await newClient();
  let refusedKey = false;
  const sock = connect({ host, port, lookup: guardedLookup(host, find) });
  sock.setTimeout(silence, () => sock.destroy(new Error('nothing came for too long')));
  const config: ConnectConfig = {
    sock,
    username: user,
    readyTimeout: connectTimeout,
    keepaliveInterval: silence / 3,
    ...(password === undefined ? {} : { password }),
    ...(key === undefined ? {} : { privateKey: key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    hostVerifier: (shown: Buffer) => {
      refusedKey = !hostKeys.includes(fingerprintOf(shown));
      return !refusedKey;
    },
  };
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
      client.once('close', () => reject(new Error('the connection was closed')));
      client.connect(config);
    });
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      client.once('close', () => reject(lostConnection()));
      client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
    });
    // The close that follows is what counts.
    client.on('error', () => undefined);
    const session = { client, sftp, isOpen: true };
    client.once('close', () => {
      session.isOpen = false;
      lost();
    });
    return session;
  } catch (error) {
    client.on('error', () => undefined);
    client.destroy();
    sock.destroy();
    throw translated(error, refusedKey);
  }
}

/** As OpenSSH writes it, and `ssh-keygen -lf` shows it. */
const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

function translated(error: unknown, refusedKey: boolean): unknown {
  if (refusedKey) return new DropError('the machine’s host key is none of those that config has', failure.denied);
  const { level, message } = error as { readonly level?: string; readonly message: string };
  return level === 'client-authentication'
    ? new DropError('the machine does not accept these credentials', failure.denied)
    : new Error(message);
}

/** Into a file without a name, so that it is read as one of this machine. */
async function fetch(open: Session, path: string, limit: number, snapshots: string | undefined): Promise<FileHandle> {
  const handle = await called<Buffer>(open, (sftp, done) => sftp.open(path, 'r', done));
  const file = await openNameless(snapshots);
  try {
    const chunk = Buffer.alloc(chunkBytes);
    let size = 0;
    for (;;) {
      const read = await readChunk(open, handle, chunk, size);
      if (read === 0) return file;
      await file.write(chunk, 0, read, size);
      size += read;
      if (size > limit) throw new DropError(`it has more than ${limit} bytes`);
    }
  } catch (error) {
    await file.close();
    throw error;
  } finally {
    if (open.isOpen) await called(open, (sftp, done) => sftp.close(handle, done as () => void));
  }
}

/** @returns how many bytes were read; none at the end of the file */
async function readChunk(open: Session, handle: Buffer, chunk: Buffer, position: number): Promise<number> {
  try {
    return await called<number>(open, (sftp, done) => sftp.read(handle, chunk, 0, chunk.length, position, done));
  } catch (error) {
    if ((error as { readonly code?: number }).code === endOfFile) return 0;
    throw error;
  }
}

const isPlain = ({ mode }: { readonly mode: number }): boolean => (mode & fileType) === plainFile;

const droppedOf = (name: string, { size, mtime }: { readonly size: number; readonly mtime: number }): Dropped => ({
  name,
  size,
  modified: mtime * 1000,
  id: '',
});

const lostConnection = (): Error => new Error('the connection was lost');

/** Begins a request; it fails with the connection, whatever becomes of its own answer. */
function called<T>(
  { client, sftp, isOpen }: Session,
  begin: (sftp: SFTPWrapper, done: (error: Error | null | undefined, found: T) => void) => unknown,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (!isOpen) return reject(lostConnection());
    const end = (): void => reject(lostConnection());
    client.once('close', end);
    begin(sftp, (error, found) => {
      client.off('close', end);
      if (error) reject(error);
      else resolve(found);
    });
  });
}
