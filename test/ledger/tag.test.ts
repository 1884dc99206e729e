import { createHmac, randomBytes } from 'node:crypto';
import t from 'tap';
import { periodKey } from '../../src/ledger/tag.js';

const secret = randomBytes(32);
const key = periodKey(secret);
const hmac = (message: string | Buffer) => createHmac('sha256', secret).update(message);

t.test('a tag is the HMAC of kind and identifier', async t => {
  const expected = hmac('subject\0resident\x00440304198804123031').digest('hex');
  t.equal(key.tag('resident', '440304198804123031'), expected);
  t.equal(key.tag('resident', '440304198804123031'), expected, 'again: nothing of the one before is left');
  t.not(key.tag('organisation', '440304198804123031'), expected);
  t.equal(key.tag('resident', '王·小明'), hmac('subject\0resident\0王·小明').digest('hex'));
});

t.test('kind and identifier cannot run into each other', async t => {
  t.not(key.tag('a', 'bc'), key.tag('ab', 'c'));
});

t.test('a digest is the HMAC of name, salt and bytes, of whatever length', async t => {
  const salt = randomBytes(16);
  const head = Buffer.concat([Buffer.from('reply\0'), salt]);
  for (const length of [0, 1, 55, 56, 63, 64, 65, 21_000, 22_000, 65_536, 300_000]) {
    const bytes = randomBytes(length);
    const expected = hmac(Buffer.concat([head, bytes])).digest('base64url');
    t.equal(key.digest('reply', salt, bytes), expected, `${length} bytes`);
    const text = '住'.repeat(length);
    t.equal(key.digest('reply', salt, text), hmac(head).update(text).digest('base64url'), `${length} characters`);
  }
  t.equal(key.tag('resident', '9'.repeat(100_000)), hmac(`subject\0resident\0${'9'.repeat(100_000)}`).digest('hex'));
});

t.test('another key, another tag', async t => {
  t.not(periodKey(randomBytes(32)).tag('resident', '1'), key.tag('resident', '1'));
});
