/** `stile token` as a script runs it: a process of its own, against a real gateway. */
import { execFile } from 'node:child_process';
import { type KeyObject, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { identify } from '../../src/identity/identify.js';
import { root } from '../../src/root.js';
import {
  type Deployment,
  deploy,
  keyPairs,
  publicJwk,
  sampleRegistry,
  temporaryFolder,
} from '../identity/deployment.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const stile = (url: string, words: string[], environment: Record<string, string> = {}): Promise<Ended> =>
  new Promise(resolve => {
    const env = { ...process.env, LC_ALL: 'C', ...environment, STILE_URL: url };
    execFile(process.execPath, [join(root, 'bin/stile.js'), ...words], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

/** Who a printed token identifies; the token must be alone on its line. */
function behind({ registry, keys }: Deployment, { code, stdout, stderr }: Ended): unknown {
  const [token, rest, ...more] = stdout.split('\n');
  if (code !== 0 || stderr !== '' || rest !== '' || more.length > 0) return { code, stdout, stderr };
  return identify(`Bearer ${token}`, registry, keys);
}

t.test('in the sandbox', async t => {
  const deployment = await deploy(t);
  const { url } = deployment;
  t.match(behind(deployment, await stile(url, ['token', 'housing/permits'])), {
    kind: 'client',
    client: { id: 'housing/permits' },
    purpose: undefined,
  });
  const words = ['token', 'housing/permits', '--purpose', 'public-rental-housing'];
  t.match(behind(deployment, await stile(`${url}/`, words)), { kind: 'client', purpose: 'public-rental-housing' });
  t.match(behind(deployment, await stile(url, ['token', '--staff', 'security'])), { kind: 'staff', role: 'security' });
  t.same(
    deployment.entries.map(entry => entry.outcome),
    ['released', 'released', 'released'],
  );
});

t.test("with a client's own key, outside the sandbox", async t => {
  const folder = await temporaryFolder(t);
  const pairs = { es256: keyPairs.ES256(), eddsa: keyPairs.Ed25519(), ps256: keyPairs.PS256(), old: keyPairs.ES256() };
  const deployment = await deploy(t);
  const clients = {
    'housing/es256': [publicJwk(pairs.old.publicKey, { kid: 'old' }), publicJwk(pairs.es256.publicKey, { kid: 'new' })],
    'housing/eddsa': [publicJwk(pairs.eddsa.publicKey)],
    'housing/ps256': [publicJwk(pairs.ps256.publicKey)],
  };
  deployment.registry = sampleRegistry(clients, deployment.registry.settings.identity, false);
  const write = async (content: string) => {
    const file = join(folder, randomUUID());
    await writeFile(file, content);
    return file;
  };
  const pem = (key: KeyObject) => write(String(key.export({ type: 'pkcs8', format: 'pem' })));
  const jwk = (key: KeyObject, more = {}) => write(JSON.stringify({ ...key.export({ format: 'jwk' }), ...more }));
  const tokenBy = async (client: string, file: string, url = deployment.url) =>
    stile(url, ['token', client, '--key', file]);

  const es256 = await jwk(pairs.es256.privateKey, { kid: 'new' });
  t.match(behind(deployment, await tokenBy('housing/es256', es256)), { client: { id: 'housing/es256' } });
  const eddsa = await pem(pairs.eddsa.privateKey);
  t.match(behind(deployment, await tokenBy('housing/eddsa', eddsa)), { client: { id: 'housing/eddsa' } });
  const ps256 = await pem(pairs.ps256.privateKey);
  t.match(behind(deployment, await tokenBy('housing/ps256', ps256)), { client: { id: 'housing/ps256' } });

  const wrongKid = await tokenBy('housing/es256', await jwk(pairs.es256.privateKey, { kid: 'old' }));
  t.match(wrongKid, { code: 1, stdout: '', stderr: /STILE_ASSERTION_INVALID/ }, 'the kid is honoured');
  const derived = await stile(deployment.url, ['token', 'housing/permits']);
  t.match(derived, { code: 1, stdout: '', stderr: /STILE_ASSERTION_INVALID/ }, 'the sandbox key is worth nothing here');

  const asked = deployment.entries.length;
  const elsewhere = await tokenBy('housing/eddsa', eddsa, deployment.url.replace('127.0.0.1', 'localhost'));
  t.match(elsewhere, { code: 1, stdout: '', stderr: new RegExp(`${deployment.url}\n$`) });
  t.equal(deployment.entries.length, asked, 'no assertion goes to who says it is another gateway');

  const unusable = [
    join(folder, 'none'),
    await write('{"kty":"oct","k":"AAAA"}'),
    await write('nonsense'),
    await write(String(pairs.es256.publicKey.export({ type: 'spki', format: 'pem' }))),
  ];
  for (const file of unusable) {
    const ended = await tokenBy('housing/es256', file);
    t.match(ended, { code: 1, stdout: '' });
    t.ok(ended.stderr.startsWith(`${file}: `), 'names the file');
    t.notMatch(ended.stderr, /nonsense|AAAA/);
  }
});

t.test('refused, with the reason on stderr in the language of the terminal', async t => {
  const { url } = await deploy(t);
  const unknown = await stile(url, ['token', 'housing/nobody'], { LC_ALL: 'zh_CN.UTF-8' });
  t.match(unknown, { code: 1, stdout: '', stderr: /^调用系统未登记或已停用 \(STILE_CLIENT_UNKNOWN\)\n请联系运维人员/ });
  const purpose = await stile(url, ['token', 'housing/permits', '--purpose', 'curiosity']);
  t.match(purpose, { code: 1, stdout: '', stderr: /^The purpose is not registered \(STILE_PURPOSE_UNKNOWN\)\n/ });
  const nobody = await stile('http://127.0.0.1:9', ['token', 'housing/permits']);
  t.match(nobody, { code: 1, stdout: '', stderr: /cannot be reached at http:\/\/127\.0\.0\.1:9 / });
});

t.test('arguments that make no sense', async t => {
  const wrong = [
    ['token'],
    ['token', 'housing/permits', 'housing/archive'],
    ['token', 'housing/permits', '--staff', 'security'],
    ['token', '--staff', 'root'],
    ['token', '--staff', 'security', '--purpose', 'public-rental-housing'],
    ['token', '--staff', 'security', '--key', 'x'],
    ['token', '--bogus'],
    ['tokens'],
  ];
  for (const words of wrong) {
    t.match(
      await stile('http://127.0.0.1:9', words),
      { code: 2, stdout: '', stderr: /stile .*token/ },
      words.join(' '),
    );
  }
  t.match(await stile('http://127.0.0.1:9', ['token', '--help']), { code: 0, stdout: /--purpose/, stderr: '' });
  t.match(await stile('http://127.0.0.1:9', []), { code: 0, stdout: /token/, stderr: '' });
});
