/** A config as one file: every byte of it comes back, and what was cut or altered is refused. */
import { gunzipSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { packContents, unpackContents } from '../../src/configuration/archive.js';

const contents = new Map([
  ['config/stile.yaml', Buffer.from('deployment: stile.example\n')],
  ['config/departments/民政.yaml', Buffer.from('id: civil-affairs\n')],
  ['config/wsdl/insurance.wsdl', Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x3c])],
  ['schemas/empty.json', Buffer.alloc(0)],
]);

t.test('what is packed is unpacked: names, order and bytes', async t => {
  const found = await unpackContents(await packContents(contents));
  t.same([...found.keys()], [...contents.keys()]);
  for (const [path, bytes] of contents) t.ok(found.get(path)?.equals(bytes), path);
  t.same(await unpackContents(await packContents(new Map())), new Map());
});

t.test('what is no such archive is refused, whichever part is wrong', async t => {
  const packed = await packContents(contents);
  await t.rejects(unpackContents(packed.subarray(0, packed.length - 9)), 'cut');
  await t.rejects(unpackContents(Buffer.from('deployment: stile.example\n')), 'not compressed');
  const plain = gunzipSync(packed);
  await t.rejects(unpackContents(gzipSync(Buffer.concat([plain, Buffer.from('x')]))), /not as long as it says/);
  await t.rejects(unpackContents(gzipSync(plain.subarray(0, plain.length - 1))), /not as long as it says/);
  await t.rejects(unpackContents(gzipSync('no head')), SyntaxError);
});
