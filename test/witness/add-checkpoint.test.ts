import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { cosignatureTime, cosignatureVerifier } from '../../src/ledger/cosignature.js';
import { formatNote, parseNote, parseSignatures, signText, verifyNote } from '../../src/ledger/note.js';
import { noteSigner, noteVerifier } from '../../src/ledger/note-key.js';
import { formatWitnessRequest, parseWitnessRequest } from '../../src/ledger/witness-request.js';
import { addCheckpoint } from '../../src/witness/add-checkpoint.js';
import { makeWitnessKey, readWitnessKey, witnessVerifierKey } from '../../src/witness/witness-key.js';
import { type KeepStep, openWitnessState } from '../../src/witness/witness-state.js';
import { type TestLog, testLog } from './test-log.js';

const fork = { name: 'fork', from: 4 };
const now = Date.UTC(2026, 0, 1);

function openWitness(folder: string, log: TestLog, after?: (step: KeepStep) => void) {
  const keyFile = join(folder, 'key');
  const key = readdirSync(folder).includes('key')
    ? readWitnessKey(keyFile)
    : makeWitnessKey(keyFile, 'witness.example');
  const state = openWitnessState(join(folder, 'state'), after);
  const logs = new Map([[log.origin, [noteVerifier(log.verifierKey)]]]);
  const witness = { key, logs, state, now: () => now };
  return { key, state, add: (body: string | Buffer) => addCheckpoint(Buffer.from(body), witness) };
}

t.test('a checkpoint that extends what it saw is cosigned', async t => {
  const log = testLog();
  const witness = openWitness(t.testdir(), log);
  const verifier = cosignatureVerifier(witnessVerifierKey(witness.key));
  for (const [old, size] of [
    [0, 3],
    [3, 3],
    [3, 8],
    [8, 13],
  ] as const) {
    const { status, body, type } = witness.add(log.request(old, size));
    t.equal(status, 200, `${old} to ${size}`);
    t.match(type, /^text\/plain/);
    const { text } = parseNote(log.checkpoint(size));
    const signatures = parseSignatures(body);
    t.equal(signatures.length, 1);
    const [cosignature] = verifyNote({ text, signatures }, [verifier]);
    t.equal(cosignature && cosignatureTime(cosignature), now / 1000);
    t.throws(() => verifyNote({ text: text.replace(`\n${size}\n`, '\n99\n'), signatures }, [verifier]));
  }
  t.equal(witness.state.latest(log.origin)?.size, 13);
  const [file = ''] = readdirSync(join(t.testdirName, 'state')).filter(name => name.endsWith('.checkpoint'));
  t.equal(readFileSync(join(t.testdirName, 'state', file), 'utf8'), log.checkpoint(13), 'what the log signed is kept');
});

t.test('what is refused, and how', async t => {
  const log = testLog();
  const witness = openWitness(t.testdir(), log);
  t.equal(witness.add(log.request(0, 8)).status, 200);
  const good = log.request(8, 13);
  const other = testLog('other.example/ledger');
  const sameName = testLog();
  const { proof } = parseWitnessRequest(good);
  const noProof = formatWitnessRequest({ old: 8, proof: [], checkpoint: log.checkpoint(13) });
  const refusals: readonly [string, string | Buffer, number, string?][] = [
    ['nothing', '', 400],
    ['no old size', good.replace('old 8\n', ''), 400],
    ['an old size with a zero in front', good.replace('old 8\n', 'old 08\n'), 400],
    ['a line that is no hash', good.replace('\n\n', '\nAAAA\n\n'), 400],
    ['64 hashes', good.replace('old 8\n', `old 8\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}`), 400],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n') + 2), 400],
    ['a note that is no checkpoint', good.replace('\n13\n', '\nthirteen\n'), 400],
    ['not UTF-8', Buffer.concat([Buffer.from(good), Buffer.of(0xff)]), 400],
    ['an old size beyond the checkpoint', log.request(9, 8), 400],
    ['an unknown log', other.request(8, 13), 404],
    ['another key of that name', sameName.request(8, 13), 403],
    ['another text than was signed', good.replace('\n13\n', '\n14\n'), 403],
    ['an outdated old size', log.request(3, 13), 409, '8\n'],
    ['an old size of which it saw nothing', log.request(10, 13), 409, '8\n'],
    ['an earlier checkpoint again', log.request(0, 5), 409, '8\n'],
    ['another tree of the same size', log.request(8, 8, fork), 409, '8\n'],
    ['a fork', log.request(8, 13, fork), 422],
    ['no proof', noProof, 422],
    [
      'a proof with one hash too many',
      formatWitnessRequest({ old: 8, proof: [...proof, proof[0] ?? ''], checkpoint: log.checkpoint(13) }),
      422,
    ],
    ['a proof for the same tree', formatWitnessRequest({ old: 8, proof, checkpoint: log.checkpoint(8) }), 422],
  ];
  for (const [name, body, status, size] of refusals) {
    const answer = witness.add(body);
    t.equal(answer.status, status, name);
    t.notMatch(answer.body, /\u2014/, `${name}: no signature`);
    if (size !== undefined) t.match(answer, { type: /^text\/x\.tlog\.size$/, body: size }, name);
  }
  t.match(witness.add(log.request(8, 13, fork)).evidence, /\n13\n/, 'the fork that the log signed is handed out');
  t.equal(witness.add(log.request(3, 13)).evidence, undefined, 'being late proves nothing');
  t.equal(witness.add(good).status, 200, 'and after all of that it goes on');

  const first = openWitness(t.testdir({ second: {} }), log);
  const withProof = formatWitnessRequest({ old: 0, proof, checkpoint: log.checkpoint(8) });
  t.equal(first.add(withProof).status, 422, 'a proof from nothing');
});

t.test('signatures of keys it does not know are none of its business', async t => {
  const log = testLog();
  const witness = openWitness(t.testdir(), log);
  const note = parseNote(log.checkpoint(3));
  const stranger = noteSigner('stranger.example', generateKeyPairSync('ed25519').privateKey);
  const bad = { ...signText(note.text, stranger), bytes: Buffer.alloc(64) };
  const checkpoint = formatNote({ ...note, signatures: [bad, ...note.signatures] });
  t.equal(witness.add(formatWitnessRequest({ old: 0, proof: [], checkpoint })).status, 200);
});

for (const step of ['written', 'synced', 'renamed', 'kept'] as const) {
  t.test(`ended after a checkpoint was ${step}, it signs no two trees of one size`, async t => {
    const log = testLog();
    const folder = t.testdir();
    let ends = false;
    const first = openWitness(folder, log, at => {
      if (ends && at === step) throw new Error('ended');
    });
    t.equal(first.add(log.request(0, 5)).status, 200);
    ends = true;
    t.throws(() => first.add(log.request(5, 8)), /ended/, 'no cosignature was given');

    const second = openWitness(folder, log);
    const isKept = step === 'renamed' || step === 'kept';
    t.equal(second.state.latest(log.origin)?.size, isKept ? 8 : 5);
    const again = second.add(log.request(isKept ? 8 : 5, 8));
    t.equal(again.status, 200, 'the log gets its cosignature now');
    t.equal(second.add(log.request(8, 8, fork)).status, 409);
    t.equal(second.add(log.request(5, 8, fork)).status, 409);
    t.notOk(readdirSync(join(folder, 'state')).some(name => name.endsWith('.draft')));
  });
}

t.test('a state that is damaged, or in use, is not gone on with', async t => {
  const log = testLog();
  const folder = t.testdir();
  openWitness(folder, log).add(log.request(0, 5));
  const state = join(folder, 'state');
  const file = join(state, readdirSync(state).find(name => name.endsWith('.checkpoint')) ?? '');
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, 20));
  t.throws(() => openWitness(folder, log), /is damaged/);
  writeFileSync(file, whole);
  writeFileSync(join(state, 'lock'), String(process.ppid));
  t.throws(() => openWitness(folder, log), new RegExp(`Process ${process.ppid} uses`));
});

t.test('a key file is made once, and only a key file is read', async t => {
  const file = join(t.testdir(), 'key');
  const key = makeWitnessKey(file, 'witness.example/w1');
  t.equal(witnessVerifierKey(readWitnessKey(file)), witnessVerifierKey(key));
  t.throws(() => makeWitnessKey(file, 'witness.example/w1'), /is there already/);
  t.throws(() => makeWitnessKey(`${file}2`, 'two words'), /cannot be the name/);
  writeFileSync(`${file}3`, readFileSync(file, 'utf8').replace('witness.example/w1', 'witness.example/w2'));
  t.throws(() => readWitnessKey(`${file}3`), /is not the key file/, 'the id is not that of the name');
});
