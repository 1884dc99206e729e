/** What somebody might try who may write into a drop folder, or who may ask for what is in it. */
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { adapter as file } from '../../adapters/file.js';
import { openFolder } from '../../adapters/file-folder.js';
import { shapeFindings, strings } from '../../src/registry/shape.js';
import { dropFolder, lines, openDrop } from '../adapters/drops.js';
import { isInstalled } from '../installed.js';

const secret = lines('zjhm,xm', '1,a secret of another department');

t.test('a link out of the folder, to a file or to a folder', async t => {
  const elsewhere = dropFolder(t);
  elsewhere.put('secret.csv', secret);
  const { folder } = dropFolder(t);
  symlinkSync(join(elsewhere.folder, 'secret.csv'), join(folder, 'accounts.csv'));
  symlinkSync(elsewhere.folder, join(folder, 'further'));
  const { ask, log } = openDrop(t, folder);
  t.match(await ask('1'), { failure: 'unreachable', detail: 'there is no such file' });
  t.notMatch(log.join(''), 'secret of another');
  await t.rejects(openFolder(folder).open('accounts.csv', 1000), /it is a link/, 'nor one put there after the look');
  await t.rejects(openFolder(folder).open('further', 1000), /it is a link/);
});

t.test('a folder, or a pipe that nobody writes into, in the file’s place', async t => {
  const { folder } = dropFolder(t);
  mkdirSync(join(folder, 'accounts.csv'));
  const { ask } = openDrop(t, folder);
  t.match(await ask('1'), { failure: 'unreachable' });
  await t.rejects(openFolder(folder).open('accounts.csv', 1000), /it is no plain file/);
  if (!isInstalled(t, ['mkfifo', '--version'])) return;
  t.equal(spawnSync('mkfifo', [join(folder, 'pipe.csv')]).status, 0);
  const piped = openDrop(t, folder, { file: 'pipe.csv' });
  t.match(await piped.ask('1'), { failure: 'unreachable', detail: 'there is no such file' });
  await t.rejects(openFolder(folder).open('pipe.csv', 1000), /it is no plain file/, 'and is not waited for');
});

t.test('a path in the place of a key', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', '1,a'));
  const { ask } = openDrop(t, folder);
  for (const key of ['../../../etc/passwd', '/etc/passwd', 'accounts.csv', '1\0', '1\n', '*', '', '__proto__']) {
    t.match(await ask(key), { failure: 'rejected' }, JSON.stringify(key));
  }
});

t.test('config that would lead out of the folder is a fault', async t => {
  const settings = { folder: '/var/drops', format: 'csv', columns: ['zjhm'], key: ['zjhm'] };
  const faultsOf = (name: string) => shapeFindings({ ...settings, file: name }, file.settingsSchema, strings.plain);
  t.same(faultsOf('accounts_{YYYYMMDD}.csv'), []);
  for (const name of [
    '../accounts.csv',
    '/etc/passwd',
    'a/b.csv',
    '..',
    '.hidden',
    'a\\b.csv',
    '{YYYYMMDD}/a',
    'a_{../}',
  ]) {
    t.equal(faultsOf(name).length, 1, name);
  }
  const markers = ['/../x', 'done', '.a/b'].map(suffix => ({ ...settings, file: 'a.csv', marker: { suffix } }));
  for (const one of markers)
    t.equal(shapeFindings(one, file.settingsSchema, strings.plain).length, 1, one.marker.suffix);
});

t.test('cells that a spreadsheet would take for formulas are text, and stay what they are', async t => {
  const cells = [
    '=1+1',
    '+1+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1+1',
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
  ];
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', ...cells.map((cell, at) => `${at},"${cell.replaceAll('"', '""')}"`)));
  const { ask } = openDrop(t, folder);
  for (const [at, cell] of cells.entries()) t.match(await ask(String(at)), { body: { name: cell } });
});

t.test('the copy that is answered from has no name that anybody could open', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', secret);
  const snapshots = mkdtempSync(join(tmpdir(), 'stile-snapshots-'));
  t.teardown(() => rmSync(snapshots, { recursive: true }));
  const { ask } = openDrop(t, folder, { snapshots });
  t.match(await ask('1'), { body: { name: 'a secret of another department' } });
  t.same(readdirSync(snapshots), []);
});

t.test('writing into the file that is answered from, or over it, changes no answer', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', '1,right'), 90);
  linkSync(join(folder, 'accounts.csv'), join(folder, 'kept'));
  const { ask, probe } = openDrop(t, folder, { lookEvery: 3_600_000 });
  t.match(await ask('1'), { body: { name: 'right' } });
  writeFileSync(join(folder, 'kept'), lines('zjhm,xm', '1,wrong'));
  t.match(await ask('1'), { body: { name: 'right' } });
  writeFileSync(join(folder, 'next'), '1,torn');
  renameSync(join(folder, 'next'), join(folder, 'accounts.csv'));
  t.match(await probe(), { detail: 'accounts.csv is not whole yet' });
  t.match(await ask('1'), { body: { name: 'right' } });
});
