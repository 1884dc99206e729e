import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import {
  formatVerifierKey,
  noteKey,
  noteSigner,
  noteVerifier,
  parseVerifierKey,
  signatureType,
} from '../../src/ledger/note-key.js';
import { noteVectors, privateKeyOf } from './vectors.js';

const { xmod, c2sp, badVerifierKeys } = noteVectors;
const published = [...xmod.keys, ...c2sp.keys];

t.test('published verifier keys', async t => {
  for (const { verifierKey, seed } of published) {
    const key = parseVerifierKey(verifierKey, signatureType.note);
    t.equal(formatVerifierKey(key), verifierKey);
    t.equal(`${key.name}+${key.id}`, verifierKey.split('+').slice(0, 2).join('+'));
    if (seed === undefined) continue;
    t.equal(
      formatVerifierKey(noteKey(key.name, signatureType.note, privateKeyOf(seed))),
      verifierKey,
      'from the private',
    );
    t.equal(noteSigner(key.name, privateKeyOf(seed)).id, key.id);
  }
});

t.test('no change of a verifier key goes unseen', async t => {
  const [{ verifierKey } = { verifierKey: '' }] = published;
  for (let from = 0; from <= verifierKey.length; from++) {
    for (let to = from; to <= verifierKey.length; to++) {
      const part = verifierKey.slice(from, to);
      if (part !== verifierKey && taken(part)) t.fail(`taken: ${part}`);
    }
  }
  for (let at = 0; at < verifierKey.length; at++) {
    const other = String.fromCharCode(verifierKey.charCodeAt(at) + 1);
    if (taken(verifierKey.slice(0, at) + other + verifierKey.slice(at + 1))) t.fail(`taken: ${other} at ${at}`);
  }
  for (const bad of [...badVerifierKeys, verifierKey.replace('c74f', 'C74F'), `${verifierKey}\n`, ` ${verifierKey}`]) {
    t.notOk(taken(bad), JSON.stringify(bad));
  }
  t.ok(taken(verifierKey));
});

function taken(verifierKey: string): boolean {
  try {
    noteVerifier(verifierKey);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

t.test('one key has another id under each name and signature type', async t => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const note = noteKey('example.com/a', signatureType.note, privateKey);
  const cosignature = noteKey('example.com/a', signatureType.cosignature, privateKey);
  t.equal(new Set([note.id, cosignature.id, noteKey('example.com/b', signatureType.note, privateKey).id]).size, 3);
  t.same(noteKey('example.com/a', signatureType.note, createPublicKey(privateKey)), note, 'public as private');
  t.throws(() => parseVerifierKey(formatVerifierKey(cosignature), signatureType.note), /signature type 1/);
  t.throws(() => parseVerifierKey(formatVerifierKey(note), signatureType.cosignature), /signature type 4/);
});

t.test('other keys and names', async t => {
  const { privateKey } = generateKeyPairSync('ed25519');
  for (const name of ['', 'a b', 'a+b']) t.throws(() => noteSigner(name, privateKey), TypeError, JSON.stringify(name));
  for (const other of [
    generateKeyPairSync('ed448').privateKey,
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey,
    generateKeyPairSync('x25519').publicKey,
  ]) {
    t.throws(() => noteKey('a', signatureType.note, other), TypeError, String(other.asymmetricKeyType));
  }
});
