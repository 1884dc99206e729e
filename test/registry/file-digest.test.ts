/** When a file is read again: where the file system shows another, or could not show it yet. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { digestOf, isSame, keptDigest } from '../../src/registry/file-digest.js';

/** A file system that shows the same of a file whatever is written into it. */
const showing = (time: number) => () => ({ ino: 1, size: 5, mtimeMs: time, ctimeMs: time });

t.test('a file so young that a second write need not show is read again', async t => {
  const file = join(t.testdir({ 'a.yaml': 'a: 1\n' }), 'a.yaml');
  const look = showing(Date.now() + 60_000);
  t.equal(keptDigest(file, look), digestOf(Buffer.from('a: 1\n')));
  writeFileSync(file, 'a: 2\n');
  t.equal(keptDigest(file, look), digestOf(Buffer.from('a: 2\n')));
});

t.test('an older one is not, until the file system shows another', async t => {
  const file = join(t.testdir({ 'a.yaml': 'a: 1\n' }), 'a.yaml');
  const digest = keptDigest(file, showing(1000));
  writeFileSync(file, 'a: 2\n');
  t.equal(keptDigest(file, showing(1000)), digest);
  t.equal(keptDigest(file, showing(1001)), digestOf(Buffer.from('a: 2\n')));
});

t.test('a long file is known by all of it, and an empty one too', async t => {
  const long = 'x'.repeat(300_000);
  const folder = t.testdir({ 'long.json': `${long}1`, 'empty.json': '' });
  const look = showing(Date.now() + 60_000);
  const file = join(folder, 'long.json');
  t.equal(
    keptDigest(file, () => ({ ...look(), size: 300_001 })),
    digestOf(Buffer.from(`${long}1`)),
  );
  t.ok(isSame(file, digestOf(Buffer.from(`${long}1`))));
  writeFileSync(file, `${long}2`);
  t.notOk(isSame(file, digestOf(Buffer.from(`${long}1`))));
  t.equal(keptDigest(file, look), digestOf(Buffer.from(`${long}2`)), 'though it says that it is short');
  t.equal(
    keptDigest(join(folder, 'empty.json'), () => ({ ...look(), size: 0 })),
    digestOf(Buffer.alloc(0)),
  );
  t.notOk(isSame(join(folder, 'gone.json'), digestOf(Buffer.alloc(0))));
});
