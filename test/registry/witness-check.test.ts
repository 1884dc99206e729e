import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import t from 'tap';
import { newLogKey } from '../../src/ledger/log-key.js';
import { formatVerifierKey, noteKey, signatureType } from '../../src/ledger/note-key.js';
import { openWitnesses } from '../../src/ledger/witnesses.js';
import { witnessFindings } from '../../src/registry/witness-check.js';

const pem = newLogKey();
const verifierKey = (key = generateKeyPairSync('ed25519').publicKey) =>
  formatVerifierKey(noteKey('witness.example/one', signatureType.cosignature, key));
const witnessed = (key: string, signingKeys: string[]) =>
  witnessFindings({
    deployment: 'stile.example',
    ledger: { signingKeys, witnesses: [{ url: 'https://witness.example', key }] },
  });

t.test('a key that signs the ledger witnesses nothing, under whatever name', async t => {
  t.match(witnessed(verifierKey(createPublicKey(pem)), [newLogKey(), pem]), [
    { rule: 'witness-key', pointer: '/ledger/witnesses/0/key' },
  ]);
  t.same(witnessed(verifierKey(), [pem]), []);
  const policy = { required: 1, stale: 300, whenStale: 'warn' as const };
  const open = (key: string) =>
    openWitnesses({
      settings: { witnesses: [{ url: 'https://witness.example', key }], witnessPolicy: policy },
      logKeys: [generateKeyPairSync('ed25519').privateKey, createPrivateKey(pem)],
      query: async () => ({ rows: [] }),
      logger: pino({ level: 'silent' }),
      now: Date.now,
    });
  t.throws(
    () => open(verifierKey(createPublicKey(pem))),
    /has the key that signs the ledger/,
    'nor one of the data folder',
  );
  t.doesNotThrow(() => open(verifierKey()));
});

t.test('what is not known yet is not judged', async t => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: config has it so
  const reference = '${env:WITNESS_KEY}';
  t.same(witnessed(reference, [reference]), []);
});
