import { createHash, createHmac, randomBytes } from 'node:crypto';
import t from 'tap';
import { encodeEntry } from '../../src/ledger/entry.js';
import { periodKey } from '../../src/ledger/tag.js';
import { draftOf } from './open-store.js';

const secret = randomBytes(32);
const key = periodKey(secret);
const salt = randomBytes(16);
const time = '2026-03-01T00:00:00.000Z';
const hmac = (message: string) => createHmac('sha256', secret).update(message);

t.test('an entry is the draft with what the ledger adds, and no identifier or payload', async t => {
  const draft = draftOf(
    { digests: { request: '{"residentId":"440304198804123031"}', reply: Buffer.from('{"name":"王小明"}') } },
    { case: '住保〔2026〕1号' },
  );
  const { text } = encodeEntry(draft, time, key, salt);
  const entry = JSON.parse(text);
  t.match(entry, { ...draft.entry, v: 1, time });
  t.same(entry.digests, {
    request: hmac('request\0').update(salt).update('{"residentId":"440304198804123031"}').digest('base64url'),
    reply: hmac('reply\0').update(salt).update('{"name":"王小明"}').digest('base64url'),
  });
  t.same(Object.keys(entry), [...Object.keys(entry)].sort(), 'in canonical order');
  t.notMatch(text, /440304|440300199001010011|王小明/);
});

t.test('subjects: each once in a role, in order, with a salted digest in the entry', async t => {
  const people = ['c', 'a', 'b', 'a'].map(identifier => ({ kind: 'resident', identifier, role: 'related' as const }));
  const draft = draftOf({ subjects: [...people, { kind: 'resident', identifier: 'a', role: 'asked' }] });
  const { text, subjects } = encodeEntry(draft, time, key, salt);
  const tags = ['a', 'b', 'c'].map(identifier => ({
    identifier,
    tag: hmac(`subject\0resident\0${identifier}`).digest('hex'),
  }));
  const expected = tags
    .flatMap(({ identifier, tag }) => [
      ...(identifier === 'a' ? [{ tag, role: 'asked', byte: 0 }] : []),
      { tag, role: 'related', byte: 1 },
    ])
    .sort((one, other) => (one.tag + one.byte < other.tag + other.byte ? -1 : 1));
  t.same(
    subjects,
    expected.map(({ tag, role }) => ({ tag, role })),
  );
  const hash = createHash('sha256').update(salt);
  for (const { tag, byte } of expected) hash.update(Buffer.from(tag, 'hex')).update(Buffer.of(byte));
  t.same(JSON.parse(text).subjects, { count: 4, digest: hash.digest('base64url') });
});

t.test('an entry about nobody has no subjects, and one without payload no digests', async t => {
  const { text, subjects } = encodeEntry({ entry: draftOf().entry }, time, key, salt);
  t.same(subjects, []);
  t.notOk('subjects' in JSON.parse(text));
  t.notOk('digests' in JSON.parse(text));
});

t.test('what the store could not hold is refused before it reaches a batch', async t => {
  t.throws(() => encodeEntry(draftOf({}, { case: 'a\u0000b' }), time, key, salt), /null character/);
  t.throws(() => encodeEntry(draftOf({}, { case: 'a\\\u0000b' }), time, key, salt), /null character/);
  t.doesNotThrow(() => encodeEntry(draftOf({}, { case: 'a\\u0000b' }), time, key, salt), 'a backslash is no null');
  t.throws(() => encodeEntry(draftOf({}, { case: '\ud800' }), time, key, salt), /surrogate/);
  for (const id of ['', 'short', `${'a'.repeat(21)}"`, 'a'.repeat(23)]) {
    t.throws(() => encodeEntry(draftOf({}, { id }), time, key, salt), /128 bits/);
  }
});
