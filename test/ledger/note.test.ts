import t from 'tap';
import {
  formatNote,
  formatSignature,
  isKeyName,
  parseNote,
  parseSignatures,
  type Signature,
  SignatureError,
  signText,
  type Verifier,
  verifyNote,
} from '../../src/ledger/note.js';
import { noteSigner, noteVerifier } from '../../src/ledger/note-key.js';
import { noteVectors, privateKeyOf } from './vectors.js';

const { text, keys } = noteVectors.xmod;
const [peter, enoch] = keys;
if (peter === undefined || enoch === undefined) throw new Error('two keys signed it');
const message = `${text}\n${peter.line}${enoch.line}`;

t.test('published notes', async t => {
  for (const { source, text, keys } of [noteVectors.xmod, noteVectors.c2sp]) {
    const lines = keys.map(({ line }) => line).join('');
    const note = parseNote(Buffer.from(`${text}\n${lines}`));
    t.equal(note.text, text, source);
    t.equal(formatNote(note), `${text}\n${lines}`, 'written again as it was');
    for (const [at, { verifierKey, seed }] of keys.entries()) {
      const signature = note.signatures[at];
      t.same(verifyNote(note, [noteVerifier(verifierKey)]), [signature], `${signature?.name} signed it`);
      if (seed === undefined || signature === undefined) continue;
      t.same(signText(text, noteSigner(signature.name, privateKeyOf(seed))), signature, 'and we sign as it did');
    }
  }
});

t.test('signatures of unknown keys are ignored', async t => {
  const { name, id, verify } = noteVerifier(peter.verifierKey);
  const note = parseNote(message);
  const names = (known: readonly Verifier[]) => verifyNote(note, known).map(signature => signature.name);
  t.same(names([{ name, id, verify }]), ['PeterNeumann']);
  t.same(
    names([noteVerifier(enoch.verifierKey), { name, id, verify }]),
    ['PeterNeumann', 'EnochRoot'],
    'as they stand',
  );
  const bad = { verify: () => t.fail('a signature of another key was tried') };
  t.throws(() => verifyNote(note, [{ ...bad, name, id: 'c74f20a4' }]), SignatureError, 'the name alone is not the key');
  t.throws(() => verifyNote(note, [{ ...bad, name: 'PeterNeuman', id }]), SignatureError, 'nor is the id');
  t.throws(() => verifyNote(note, []), SignatureError);
});

t.test('a bad signature of a known key condemns the note', async t => {
  const known = [noteVerifier(peter.verifierKey), noteVerifier(enoch.verifierKey)];
  const note = parseNote(message);
  t.throws(() => verifyNote({ ...note, text: `${text}\n` }, known), SignatureError, 'another text');
  const [first, second] = note.signatures;
  if (first === undefined || second === undefined) throw new Error('the note has two signatures');
  for (const at of [0, 31, 32, 63]) {
    const bytes = Buffer.from(second.bytes);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    const signatures = [first, { ...second, bytes }];
    t.throws(() => verifyNote({ text, signatures }, known), SignatureError, `though another is good; byte ${at}`);
    t.equal(
      verifyNote({ text, signatures }, known.slice(0, 1)).length,
      1,
      'which is all that counts for who knows no other',
    );
  }
  for (const bytes of [first.bytes.subarray(1), Buffer.concat([first.bytes, Buffer.of(0)]), second.bytes]) {
    t.throws(() => verifyNote({ text, signatures: [{ ...first, bytes }] }, known), SignatureError);
  }
});

t.test('nothing is there twice', async t => {
  const known = noteVerifier(peter.verifierKey);
  const note = parseNote(`${text}\n${peter.line}${enoch.line}${peter.line}${enoch.line}`);
  t.throws(() => verifyNote(note, [known]), /PeterNeumann\+c74f20a3 signed twice/);
  t.throws(() => formatNote(note), TypeError);
  t.throws(() => verifyNote(parseNote(message), [known, known]), TypeError, 'a key that is known twice');
});

t.test('what is no note', async t => {
  const base64 = peter.line.slice('— PeterNeumann '.length, -1);
  const block = (line: string) => `${text}\n${line}\n`;
  const bad: Readonly<Record<string, string | Buffer>> = {
    nothing: '',
    'a text alone': text,
    'no signature': `${text}\n`,
    'no empty line': `${text}${peter.line}`,
    'a line that does not end': `${text}\n${peter.line.slice(0, -1)}`,
    'a control character': `\u0001${message}`,
    'a carriage return': message.replace('\n', '\r\n'),
    'a tab': message.replace(' ', '\t'),
    'what is not UTF-8': Buffer.concat([Buffer.of(0xff), Buffer.from(message)]),
    'a lone surrogate': `\ud800${message}`,
    'a line after the signatures': `${message}Unexpected line.\n`,
    'an empty line after them': `${message}\n`,
    'a name with a space': block(`— Bad Name ${base64}`),
    'a name with a no-break space': block(`— Bad\u00a0Name ${base64}`),
    'a name with a plus': block(`— Bad+Name ${base64}`),
    'no name': block(`—  ${base64}`),
    'another dash': block(`- PeterNeumann ${base64}`),
    'no base64': block('— PeterNeumann '),
    'base64 for URLs': block(`— PeterNeumann ${base64.replaceAll('/', '_')}`),
    'base64 without its padding': block(`— PeterNeumann ${base64.replace('=', '')}`),
    'base64 with bits to spare': block(`— PeterNeumann ${base64.replace('M=', 'N=')}`),
    'base64 and a space': block(`— PeterNeumann ${base64} `),
    'a key id alone': block('— PeterNeumann x08gow=='),
    '101 signatures': `${text}\n${peter.line.repeat(101)}`,
    'over a million bytes': `${'a'.repeat(1_000_000)}\n\n${peter.line}`,
  };
  for (const [what, message] of Object.entries(bad)) t.throws(() => parseNote(message), SyntaxError, what);
  t.equal(parseNote(`\ufeff${message}`).text, `\ufeff${text}`, 'a byte order mark is text, signed or not');
  t.equal(parseNote(Buffer.from(`\ufeff${message}`)).text, `\ufeff${text}`, 'and stays in bytes, too');
});

t.test('limits that hold for a note of ours too', async t => {
  const [signature] = parseSignatures(peter.line);
  if (signature === undefined) throw new Error('a line is a signature');
  const many = (count: number): Signature[] =>
    Array.from({ length: count }, (_, at) => ({ ...signature, name: `key-${at}` }));
  t.equal(parseNote(formatNote({ text, signatures: many(100) })).signatures.length, 100);
  t.throws(() => formatNote({ text, signatures: many(101) }), TypeError);
  t.throws(() => formatNote({ text, signatures: [] }), TypeError);
  const long = 'a'.repeat(1_000_000 - Buffer.byteLength(`\n\n${peter.line}`));
  t.equal(parseNote(formatNote({ text: `${long}\n`, signatures: [signature] })).text, `${long}\n`);
  t.throws(() => formatNote({ text: `${long}a\n`, signatures: [signature] }), TypeError);
  for (const bad of ['', 'no newline', 'a\r\n', '\u0007\n', '\udc00\n']) {
    t.throws(() => formatNote({ text: bad, signatures: [signature] }), TypeError, JSON.stringify(bad));
  }
  for (const bad of [{ name: 'a b' }, { name: '' }, { id: 'C74F20A3' }, { id: 'c74f20' }, { bytes: Buffer.of() }]) {
    t.throws(() => formatSignature({ ...signature, ...bad }), TypeError, JSON.stringify(bad));
  }
});

t.test('a text may have empty lines, and look like signatures', async t => {
  const signer = noteSigner('EnochRoot', privateKeyOf(enoch.seed));
  for (const text of ['\n', '\n\n', 'a\n\nb\n', `a\n\n${peter.line}`, `a\n\n${peter.line}\n`]) {
    const note = parseNote(formatNote({ text, signatures: [signText(text, signer)] }));
    t.equal(note.text, text, JSON.stringify(text));
    t.equal(verifyNote(note, [noteVerifier(enoch.verifierKey)]).length, 1);
  }
});

t.test('names of keys', async t => {
  for (const name of ['a', 'example.com/ledger/3', '越篱/台账', '—']) t.ok(isKeyName(name), name);
  for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u2003b', 'a\u3000b', 'a\u0001b', 'a\ud800b']) {
    t.notOk(isKeyName(name), JSON.stringify(name));
  }
});
