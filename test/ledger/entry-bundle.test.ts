import t from 'tap';
import { decodeBundle, encodeBundle } from '../../src/ledger/entry-bundle.js';

t.test('each entry after its length', async t => {
  const entries = ['{"v":1}', '', '越篱'].map(text => Buffer.from(text));
  const bytes = encodeBundle(entries);
  t.equal(bytes.toString('hex'), `0007${entries[0]?.toString('hex')}00000006${entries[2]?.toString('hex')}`);
  t.same(decodeBundle(bytes, 3), entries);
  t.same(decodeBundle(encodeBundle([]), 0), []);
});

t.test('entries of every length', async t => {
  const entries = [1, 255, 256, 65_535].map(length => Buffer.alloc(length, length));
  t.same(decodeBundle(encodeBundle(entries), 4), entries);
  t.throws(() => encodeBundle([Buffer.alloc(65_536)]), RangeError);
});

t.test('what is no bundle of so many', async t => {
  const bytes = encodeBundle(['one', 'two'].map(text => Buffer.from(text)));
  for (const width of [0, 1, 3]) t.throws(() => decodeBundle(bytes, width), SyntaxError, `${width} entries`);
  for (let length = 0; length < bytes.length; length++) {
    t.throws(() => decodeBundle(bytes.subarray(0, length), 2), SyntaxError, `cut to ${length} bytes`);
  }
  t.throws(() => decodeBundle(Buffer.concat([bytes, Buffer.of(0)]), 2), SyntaxError, 'a byte after its end');
});
