import { generateKeyPairSync, sign } from 'node:crypto';
import t from 'tap';
import { formatCheckpoint } from '../../src/ledger/checkpoint.js';
import { cosignatureTime, cosignatureVerifier, cosigner } from '../../src/ledger/cosignature.js';
import { leafHash } from '../../src/ledger/merkle.js';
import { formatNote, parseNote, SignatureError, signText, verifyNote } from '../../src/ledger/note.js';
import { formatVerifierKey, noteKey, noteSigner, noteVerifier, signatureType } from '../../src/ledger/note-key.js';
import { checkpointVector } from './vectors.js';

const { privateKey } = generateKeyPairSync('ed25519');
const name = 'witness.example/w1';
const key = formatVerifierKey(noteKey(name, signatureType.cosignature, privateKey));
const root = leafHash(Buffer.from('entry'));
const text = formatCheckpoint({ origin: 'stile.example/ledger', size: 20852163, root, extensions: ['one'] });
const time = 1679315147;

t.test('a cosignature of a witness in service', async t => {
  const { checkpoint, logKey, witnessKey, time } = checkpointVector;
  const note = parseNote(checkpoint);
  const verified = verifyNote(note, [noteVerifier(logKey), cosignatureVerifier(witnessKey)]);
  t.same(
    verified.map(({ name }) => name),
    ['arche2025h1.staging.ct.transparency.dev', 'remora.n621.de'],
  );
  t.equal(verified[1] && cosignatureTime(verified[1]), time);
  const other = { ...note, text: note.text.replace('1432088532', '1432088533') };
  t.throws(() => verifyNote(other, [cosignatureVerifier(witnessKey)]), SignatureError);
});

t.test('the message that is signed', async t => {
  const signature = signText(text, cosigner(name, privateKey, time));
  const message = `cosignature/v1\ntime 1679315147\n${text}`;
  t.equal(signature.bytes.toString('hex', 0, 8), '00000000641850cb', 'the time, big-endian');
  t.same(signature.bytes.subarray(8), sign(null, Buffer.from(message), privateKey));
  t.equal(cosignatureTime(signature), time);
  t.equal(`${signature.name}+${signature.id}`, key.split('+').slice(0, 2).join('+'));
});

t.test('beside the log’s own signature', async t => {
  const log = generateKeyPairSync('ed25519').privateKey;
  const origin = 'stile.example/ledger';
  const signatures = [signText(text, noteSigner(origin, log)), signText(text, cosigner(name, privateKey, time))];
  const note = parseNote(formatNote({ text, signatures }));
  const logKey = formatVerifierKey(noteKey(origin, signatureType.note, log));
  t.same(verifyNote(note, [noteVerifier(logKey), cosignatureVerifier(key)]), signatures);
  t.same(verifyNote(note, [cosignatureVerifier(key)]), signatures.slice(1));
});

t.test('a changed one', async t => {
  const { verify } = cosignatureVerifier(key);
  const { bytes } = signText(text, cosigner(name, privateKey, time));
  t.ok(verify(text, bytes));
  for (let at = 0; at < bytes.length; at++) {
    const other = Buffer.from(bytes);
    other.writeUInt8(other.readUInt8(at) ^ 1, at);
    if (verify(text, other)) t.fail(`taken with byte ${at} changed`);
  }
  for (const other of [Buffer.of(), bytes.subarray(8), bytes.subarray(0, 71), Buffer.concat([bytes, Buffer.of(0)])]) {
    t.notOk(verify(text, other), `${other.length} bytes`);
    t.equal(cosignatureTime({ bytes: other }), null);
  }
  t.notOk(verify(text.replace('one', 'two'), bytes), 'the extension lines are signed');
  t.notOk(verify(text, sign(null, Buffer.from(text), privateKey)), 'a plain signature is no cosignature');
});

t.test('times', async t => {
  for (const bad of [0, -1, 1.5, Number.NaN, 2 ** 53]) t.throws(() => cosigner(name, privateKey, bad), TypeError);
  const { verify } = cosignatureVerifier(key);
  const latest = signText(text, cosigner(name, privateKey, Number.MAX_SAFE_INTEGER));
  t.ok(verify(text, latest.bytes));
  // A second later, as a number would round it.
  const bytes = Buffer.from(latest.bytes);
  bytes.writeBigUInt64BE(2n ** 53n);
  t.equal(cosignatureTime({ bytes }), null);
  t.notOk(verify(text, bytes));
});

t.test('only checkpoints are cosigned, and only by keys of that type', async t => {
  t.throws(() => signText('stile.example/ledger\n1\n', cosigner(name, privateKey, time)), SyntaxError);
  const noteKeyText = formatVerifierKey(noteKey(name, signatureType.note, privateKey));
  t.throws(() => cosignatureVerifier(noteKeyText), SyntaxError);
  t.throws(() => cosigner(name, generateKeyPairSync('ed448').privateKey, time), TypeError);
});
