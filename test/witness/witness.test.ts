import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { cosignatureVerifier } from '../../src/ledger/cosignature.js';
import { parseNote, parseSignatures, verifyNote } from '../../src/ledger/note.js';
import { root } from '../../src/root.js';
import { testLog } from './test-log.js';
import { startWitness } from './witness-process.js';

const stile = (...words: string[]) =>
  spawnSync(process.execPath, [join(root, 'build/src/cli.js'), 'witness', ...words], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });

t.test('over HTTP: the statuses of tlog-witness, and evidence of a fork in its log', async t => {
  const log = testLog();
  const witness = await startWitness(t, [log.verifierKey]);
  t.match(await witness.post(log.request(0, 4)), { status: 200, text: /^\u2014 witness\.example\/one / });
  t.match(await witness.post(log.request(0, 9)), { status: 409, type: /^text\/x\.tlog\.size$/, text: /^4\n$/ });
  t.match(await witness.post(log.request(4, 9, { name: 'fork', from: 2 })), { status: 422 });
  t.match(witness.said(), /does not extend its own/);
  t.match(await witness.post(testLog().request(4, 9)), { status: 403 });
  t.match(await witness.post(testLog('unknown.example').request(4, 9)), { status: 404 });
  t.match(await witness.post('old'), { status: 400 });
  t.equal((await fetch(`${witness.url}/add-checkpoint`)).status, 405);
  t.equal((await fetch(`${witness.url}/checkpoint`)).status, 404);
  const large = await witness.post('x'.repeat(600 * 1024)).catch(() => ({ status: 413 }));
  t.equal(large.status, 413);
  t.match(await witness.post(log.request(4, 9)), { status: 200 }, 'and it goes on');

  const second = stile(
    '--key',
    witness.keyFile,
    '--log',
    log.verifierKey,
    '--listen',
    '127.0.0.1:0',
    '--state',
    witness.stateFolder,
  );
  t.equal(second.status, 1, 'a second one on its state does not start');
  t.match(second.stderr, /uses/);
  await witness.kill('SIGTERM');
  await witness.restart();
  t.match(await witness.post(log.request(4, 9)), { status: 409, text: /^9\n$/ }, 'it remembers');
});

t.test('killed again and again while two branches are shown to it at once, it signs one tree a size', async t => {
  const log = testLog();
  const witness = await startWitness(t, [log.verifierKey]);
  const branches = [undefined, { name: 'fork', from: 0 }];
  const verifier = cosignatureVerifier(witness.verifierKey);
  const signed = new Map<number, Set<string>>();
  let size = 1;
  let stop = false;

  async function show(old: number, to: number, branch: (typeof branches)[number]): Promise<number | null> {
    const reply = await witness.post(log.request(old, to, branch)).catch(() => undefined);
    if (reply?.status === 409) return Number(reply.text);
    if (reply?.status !== 200) return null;
    const { text } = parseNote(log.checkpoint(to, branch));
    verifyNote({ text, signatures: parseSignatures(reply.text) }, [verifier]);
    signed.set(to, (signed.get(to) ?? new Set()).add(text));
    return to;
  }
  async function drive(branch: (typeof branches)[number]): Promise<void> {
    let old = 0;
    while (!stop) {
      size = Math.max(size, old);
      old = (await show(old, Math.max(old, size + Math.floor(Math.random() * 3)), branch)) ?? old;
    }
  }
  const drivers = [...branches, ...branches].map(drive);
  for (let kill = 0; kill < 4; kill++) {
    await sleep(100 + Math.random() * 300);
    await witness.kill('SIGKILL');
    await witness.restart();
  }
  stop = true;
  await Promise.all(drivers);
  t.ok(signed.size > 3, `${signed.size} sizes were signed`);
  for (const [at, trees] of signed) t.equal(trees.size, 1, `one tree of size ${at}`);
});

t.test('the command makes keys, and says what it needs', async t => {
  const file = join(t.testdir(), 'key');
  const made = stile('--new-key', file, '--name', 'audit.example/witness');
  t.equal(made.status, 0);
  t.match(made.stdout, /^audit\.example\/witness\+[0-9a-f]{8}\+B[A-Za-z0-9+/]+=*\n$/);
  t.match(stile('--new-key', file, '--name', 'audit.example/witness'), { status: 1, stderr: /is there already/ });
  t.match(stile(), { status: 2, stderr: /^stile witness --key/ });
  const { verifierKey } = testLog();
  const state = join(t.testdirName, 'state');
  t.match(stile('--key', file, '--log', 'none', '--listen', '127.0.0.1:0', '--state', state), {
    status: 1,
    stderr: /--log/,
  });
  t.match(stile('--key', file, '--log', verifierKey, '--listen', '80', '--state', state), {
    status: 1,
    stderr: /--listen/,
  });
  t.match(stile('--key', `${file}-not`, '--log', verifierKey, '--listen', 'localhost:0', '--state', state), {
    status: 1,
    stderr: /cannot be read/,
  });
});
