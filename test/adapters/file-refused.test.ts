import { createHash } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { until } from '../until.js';
import { dropFolder, type FileAsking, lines, openDrop, service } from './drops.js';

const good = lines('zjhm,xm', '1,陈思远', '2,林晓雯');
/** What the log tells of the files that were refused. */
const refusals = ({ log }: FileAsking) =>
  log.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'a file is refused');

t.test('a bad file is refused, in the log and by probe, and the old one stays until a better one comes', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', good);
  const asking = openDrop(t, folder);
  t.match(await asking.ask('1'), { body: { name: '陈思远' } });
  put('accounts.csv', lines('zjhm,xm', '1,a', '2', '3,b,c'));
  await until(() => refusals(asking).length > 0);
  const detail = 'accounts.csv is refused: line 3 has 1 cells where 2 are due; line 4 has 3 cells where 2 are due';
  t.strictSame(await asking.probe(), { failure: 'malformed', detail });
  t.match(refusals(asking)[0], { file: 'accounts.csv', still: 'accounts.csv', faults: [{ line: 3 }, { line: 4 }] });
  t.match(await asking.ask('1'), { body: { name: '陈思远' } }, 'the old one is still answered from');
  put('accounts.csv', lines('zjhm,xm', '1,mended'));
  await until(async () => (await asking.probe()) === null);
  t.match(await asking.ask('1'), { body: { name: 'mended' } });
});

t.test('a file larger than it may be is not read', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', good);
  const asking = openDrop(t, folder, { limits: { bytes: 20 } });
  t.match(await asking.probe(), { failure: 'malformed', detail: 'accounts.csv is refused: it has more than 20 bytes' });
});

t.test('neither log nor probe holds a value of the file', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', '440304198804123031,陈思远', '440304198804123031,another', 'one,two,three'));
  const asking = openDrop(t, folder);
  const told = await asking.probe();
  for (const text of [JSON.stringify(told), ...asking.log]) t.notMatch(text, /440304198804123031|陈思远|another|three/);
});

t.test('faults are told up to twenty, and a first file that is refused is answered from by nobody', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', ...Array.from({ length: 500 }, () => 'x')));
  const asking = openDrop(t, folder);
  t.match(await asking.ask('1'), { failure: 'malformed', detail: /line 2 .*line 3 .*line 4 .*; and more$/ });
  t.strictSame(refusals(asking)[0]?.faults.at(-1), { line: 21, fault: 'has 1 cells where 2 are due' });
});

t.test('where there is no file, or no folder, nothing is answered', async t => {
  const { folder } = dropFolder(t);
  t.match(await openDrop(t, folder).ask('1'), { failure: 'unreachable', detail: 'there is no such file' });
  const gone = openDrop(t, join(folder, 'gone'));
  t.match(await gone.ask('1'), { failure: 'unreachable', detail: 'no file can be read: ENOENT' });
});

t.test('a file that is still written to is not taken, however often anybody looks', async t => {
  const { folder, put } = dropFolder(t);
  // Nothing but a later look can tell: it is as new as can be.
  put('accounts.csv', good, -60);
  const asking = openDrop(t, folder, { lookEvery: 3_600_000 });
  const notYet = { failure: 'unreachable', detail: 'accounts.csv is not whole yet' };
  t.match(await asking.ask('1'), notYet);
  for (let look = 0; look < 5; look += 1) t.match(await asking.probe(), notYet);
  const patient = openDrop(t, folder);
  await until(async () => (await patient.probe()) === null);
  t.match(await patient.ask('1'), { body: { name: '陈思远' } }, 'it has stayed the same from one look to the next');
});

t.test('where the newest is removed, an older one does not take its place', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts_20261030.csv', lines('zjhm,xm', '1,older'));
  put('accounts_20261031.csv', good);
  const asking = openDrop(t, folder, { file: 'accounts_{YYYYMMDD}.csv' });
  t.match(await asking.ask('1'), { body: { name: '陈思远' } });
  unlinkSync(join(folder, 'accounts_20261031.csv'));
  t.equal(await asking.probe(), null);
  t.match(await asking.ask('1'), { body: { name: '陈思远' } });
});

t.test('with a marker, a file is taken once the marker is there and no older', async t => {
  const { folder, put } = dropFolder(t);
  put('accounts.csv', good, 10);
  const asking = openDrop(t, folder, { marker: { suffix: '.done' }, lookEvery: 3_600_000 });
  t.match(await asking.ask('1'), { failure: 'unreachable', detail: 'accounts.csv is not whole yet' });
  put('accounts.csv.done', '', 20);
  t.match(await asking.probe(), { detail: 'accounts.csv is not whole yet' }, 'it is of the file before');
  put('accounts.csv.done', '', 9);
  t.equal(await asking.probe(), null);
  unlinkSync(join(folder, 'accounts.csv.done'));
  put('accounts.csv', lines('zjhm,xm', '1,half'), 1);
  t.match(await asking.probe(), { detail: 'accounts.csv is not whole yet' });
  t.match(await asking.ask('1'), { body: { name: '陈思远' } }, 'the old one is still answered from');
});

t.test('a marker that holds a SHA-256 must hold the file’s own', async t => {
  const { folder, put } = dropFolder(t);
  const digest = createHash('sha256').update(good).digest('hex');
  put('accounts.csv', good.slice(0, -3), 3);
  put('accounts.csv.sha256', `${digest}  accounts.csv\n`, 2);
  const marker = { suffix: '.sha256', holds: 'sha256' };
  const asking = openDrop(t, folder, { marker, lookEvery: 3_600_000 });
  const wrong = { failure: 'malformed', detail: /is not the file whose SHA-256 its marker holds$/ };
  t.match(await asking.probe(), wrong);
  const half = createHash('sha256').update(good.slice(0, -3)).digest('hex');
  put('accounts.csv.sha256', half, 1);
  t.equal(await asking.probe(), null, 'another marker makes another try');
  put('accounts.csv', good, 0.5);
  put('accounts.csv.sha256', digest.toUpperCase(), 0);
  t.equal(await asking.probe(), null);
  t.match(await asking.ask('2', service), { body: { name: '林晓雯' } });
});
