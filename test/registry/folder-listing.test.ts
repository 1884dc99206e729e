/** When a folder is listed again: where the file system shows another, could not show it yet, or shows nothing of what a link leads to. */
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { listed } from '../../src/registry/folder-listing.js';

const long = Date.now() - 60_000;
/** A file system that shows these times of a folder, whatever comes or goes. */
const showing = (time: number) => (folder: string) => {
  const { dev, ino } = statSync(folder);
  return { dev, ino, mtimeMs: time, ctimeMs: time };
};
const below = async (folder: string, time?: number) =>
  (await (time === undefined ? listed(folder) : listed(folder, showing(time)))).sort();

t.test('what is below, but what begins with a dot', async t => {
  const folder = t.testdir({ a: { b: { 'c.json': '', '.hidden': '' }, 'd.json': '' }, '.git': { e: '' }, empty: {} });
  t.same(await below(folder), ['a', 'a/b', 'a/b/c.json', 'a/d.json', 'empty']);
});

t.test('a folder so young that another file need not show is listed again', async t => {
  const folder = t.testdir({ a: { 'b.json': '' } });
  const young = Date.now() + 60_000;
  t.same(await below(folder, young), ['a', 'a/b.json']);
  writeFileSync(join(folder, 'a', 'c.json'), '');
  t.same(await below(folder, young), ['a', 'a/b.json', 'a/c.json']);
});

t.test('an older one is not, until the file system shows another', async t => {
  const folder = t.testdir({ a: { 'b.json': '' } });
  t.same(await below(folder, long), ['a', 'a/b.json']);
  writeFileSync(join(folder, 'a', 'c.json'), '');
  t.same(await below(folder, long), ['a', 'a/b.json'], 'it is not listed');
  t.same(await below(folder, long + 1), ['a', 'a/b.json', 'a/c.json']);
});

t.test('another folder in the place of one is another, though it shows the same times', async t => {
  const folder = t.testdir({ a: { 'b.json': '' }, other: { 'c.json': '' } });
  const look = (name: string) => ({ ...showing(long)(name), ...(name === folder && { mtimeMs: Math.random() }) });
  await listed(folder, look);
  rmSync(join(folder, 'a'), { recursive: true });
  renameSync(join(folder, 'other'), join(folder, 'a'));
  t.same((await listed(folder, look)).sort(), ['a', 'a/c.json']);
});

t.test('a folder with a link in it is listed each time', async t => {
  const folder = t.testdir({ one: { 'b.json': '' }, links: {} });
  const target = join(folder, 'target');
  symlinkSync(target, join(folder, 'links', 'a'));
  const within = join(folder, 'links');
  t.same(await below(within, long), ['a'], 'it leads nowhere');
  mkdirSync(target);
  writeFileSync(join(target, 'c.json'), '');
  t.same(await below(within, long), ['a', 'a/c.json'], 'now to a folder');
  rmSync(target, { recursive: true });
  writeFileSync(target, '');
  t.same(await below(within, long), ['a'], 'now to a file');
});

t.test('by the real clock, what comes and goes is seen', async t => {
  const folder = t.testdir({ a: { 'b.json': '' } });
  utimesSync(join(folder, 'a'), long / 1000, long / 1000);
  await below(folder);
  writeFileSync(join(folder, 'a', 'c.json'), '');
  t.same(await below(folder), ['a', 'a/b.json', 'a/c.json']);
  rmSync(join(folder, 'a', 'b.json'));
  t.same(await below(folder), ['a', 'a/c.json']);
  rmSync(folder, { recursive: true });
  await t.rejects(listed(folder), { code: 'ENOENT' });
});
