/** When a file is read again: where the file system shows another, or could not show it yet. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { keptFile } from '../../src/registry/kept.js';

/** A file system that shows the same of a file whatever is written into it. */
const showing = (time: number) => () => ({ ino: 1, size: 5, mtimeMs: time, ctimeMs: time });

t.test('a file so young that a second write need not show is read again', async t => {
  const file = join(t.testdir({ 'a.yaml': 'a: 1\n' }), 'a.yaml');
  const look = showing(Date.now() + 60_000);
  t.same(keptFile(file, look).source.value, { a: 1 });
  writeFileSync(file, 'a: 2\n');
  t.same(keptFile(file, look).source.value, { a: 2 });
});

t.test('an older one is not, until the file system shows another', async t => {
  const file = join(t.testdir({ 'a.yaml': 'a: 1\n' }), 'a.yaml');
  const before = keptFile(file, showing(1000));
  writeFileSync(file, 'a: 2\n');
  t.equal(keptFile(file, showing(1000)), before);
  t.same(keptFile(file, showing(1001)).source.value, { a: 2 });
});
