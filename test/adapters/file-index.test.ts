import t from 'tap';
import { firstOf, hashAt, hashOf, offsetAt, openIndex, rowAlignment } from '../../adapters/file-index.js';
import { dropFolder, lines, openDrop } from './drops.js';

const keyAt = (at: number): string => `4403041988${String(at).padStart(8, '0')}`;

/** Two keys of one hash: among so many there are some. */
function collision(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let at = 0; ; at += 1) {
    const key = keyAt(at);
    const other = seen.get(hashOf(key));
    if (other !== undefined) return [other, key];
    seen.set(hashOf(key), key);
  }
}

t.test('three million rows take eight bytes each, and every one is found', async t => {
  const rows = 3_000_000;
  const builder = openIndex();
  for (let at = 0; at < rows; at += 1) builder.add(keyAt(at), at * rowAlignment);
  const index = builder.finish();
  t.equal(index.length, rows);
  t.equal(index.buffer.byteLength, 8 * rows, 'and no byte more is held');
  let compared = 0;
  let unfound = 0;
  for (let at = 0; at < rows; at += 101) {
    const hash = hashOf(keyAt(at));
    let place = firstOf(index, hash);
    while (hashAt(index, place) === hash && offsetAt(index, place) !== at * rowAlignment) place += 1;
    if (hashAt(index, place) !== hash) unfound += 1;
    compared += 1;
  }
  t.equal(unfound, 0);
  t.equal(compared, 29_703);
});

t.test('places reach as far as a snapshot may', async t => {
  const builder = openIndex();
  const far = 2 ** 36 - rowAlignment;
  builder.add('near', 0);
  builder.add('far', far);
  const index = builder.finish();
  t.equal(offsetAt(index, firstOf(index, hashOf('far'))), far);
  t.equal(offsetAt(index, firstOf(index, hashOf('near'))), 0);
  t.equal(hashAt(index, firstOf(index, 0xffff_ffff)) === 0xffff_ffff, false, 'a hash that none has');
});

t.test('two keys of one hash are two keys', async t => {
  const [one, other] = collision();
  t.equal(hashOf(one), hashOf(other));
  const { folder, put } = dropFolder(t);
  put('accounts.csv', lines('zjhm,xm', `${other},the other`, `${one},the one`));
  const { ask } = openDrop(t, folder);
  t.match(await ask(one), { body: { residentId: one, name: 'the one' } });
  t.match(await ask(other), { body: { residentId: other, name: 'the other' } });
  put('accounts.csv', lines('zjhm,xm', `${other},the other`));
  const alone = openDrop(t, folder);
  t.match(await alone.ask(one), { failure: 'rejected' }, 'whose hash is there, but not the key');
});
