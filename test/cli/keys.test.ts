import { createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { run } from '../../src/cli/keys.js';
import { logKeyFolder, logKeysOf } from '../../src/ledger/log-key.js';
import { parseVerifierKey, signatureType } from '../../src/ledger/note-key.js';
import { root } from '../../src/root.js';

async function keys(words: string[], dataFolder: string) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const environment = { STILE_DATA: dataFolder, STILE_CONFIG: join(root, 'config'), LANG: 'en' };
  const code = await run(words, { stdin, stdout, stderr, environment, ended: new AbortController().signal });
  return { code, out: String(stdout.read() ?? ''), error: String(stderr.read() ?? '') };
}

t.test('the verifier keys are those that sign, and a rotation adds one', async t => {
  const data = t.testdir();
  const first = await keys(['public'], data);
  t.equal(first.code, 0);
  t.equal(parseVerifierKey(first.out.trim(), signatureType.note).name, 'stile.example/ledger');
  t.equal((await keys(['rotate'], data)).code, 0);
  const both = (await keys(['public'], data)).out.trim().split('\n');
  t.equal(both.length, 2);
  t.equal(both[0], first.out.trim(), 'the old one stays');
  t.equal(new Set(both).size, 2);
  t.equal(statSync(join(logKeyFolder(data), '0002.pem')).mode & 0o077, 0, "a private key is its owner's alone");
});

t.test('a key made for config signs in the place of those of the data folder', async t => {
  const folder = t.testdir();
  const file = join(folder, 'ledger.pem');
  t.equal((await keys(['new', file], folder)).code, 0);
  const pem = readFileSync(file, 'utf8');
  const settings = {
    deadline: 1,
    statementDeadline: 1,
    queue: 1,
    lease: 1,
    checkpointEvery: 1000,
    shards: 1,
    signingKeys: [pem],
  };
  const [key] = logKeysOf(settings, logKeyFolder(folder));
  t.ok(key?.equals(createPrivateKey(pem)));
  t.throws(() => logKeysOf({ ...settings, signingKeys: ['secret'] }, folder), {
    message: 'ledger.signingKeys[0]: not a private key of Ed25519 in PEM',
  });
  await t.rejects(keys(['new', file], folder), /is there already/);
  t.equal(readFileSync(file, 'utf8'), pem, 'it was left as it was');
});

t.test('anything else gets the usage', async t => {
  for (const words of [[], ['public', 'x'], ['delete'], ['new'], ['new', 'a', 'b']]) {
    const { code, error } = await keys(words, t.testdir());
    t.equal(code, 2, words.join(' '));
    t.match(error, /stile keys public/);
  }
});
