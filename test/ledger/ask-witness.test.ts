import { generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import { askWitness, type ToCosign, witnessFault } from '../../src/ledger/ask-witness.js';
import { parseCheckpoint } from '../../src/ledger/checkpoint.js';
import { cosignatureVerifier } from '../../src/ledger/cosignature.js';
import { parseNote, verifyNote } from '../../src/ledger/note.js';
import { parseWitnessRequest, sizeType } from '../../src/ledger/witness-request.js';
import { cosign, type FaultyAnswer, type FaultyWitness, startFaultyWitness } from '../witness/faulty-witness.js';
import { type TestLog, testLog } from '../witness/test-log.js';
import { startWitness } from '../witness/witness-process.js';

const now = () => Math.floor(Date.now() / 1000);
const inTime = () => AbortSignal.timeout(60_000);

/** The log's checkpoint of a size, with the proofs that its own requests have. */
function toCosign(log: TestLog, size: number): ToCosign {
  const note = log.checkpoint(size);
  const { root } = parseCheckpoint(parseNote(note).text);
  return { note, head: { size, root }, prove: async old => parseWitnessRequest(log.request(old, size)).proof };
}

t.test('a witness is asked from where it says it is, whatever was thought', async t => {
  const log = testLog();
  const process = await startWitness(t, [log.verifierKey]);
  const witness = { url: process.url, verifier: cosignatureVerifier(process.verifierKey) };
  for (const [old, size] of [
    [0, 3],
    [0, 5], // it has cosigned 3
    [4, 9], // it has cosigned 5
    [9, 9], // the same again
    [99, 12], // more than there is
  ] as const) {
    const word = await askWitness(witness, toCosign(log, size), old, now(), inTime());
    if ('fault' in word) return t.fail(`${old} to ${size}: ${word.why}`);
    const note = { text: parseNote(log.checkpoint(size)).text, signatures: [word.cosignature] };
    t.equal(verifyNote(note, [witness.verifier]).length, 1, `${old} to ${size}`);
  }
  const ahead = await askWitness(witness, toCosign(log, 11), 11, now(), inTime());
  t.match(ahead, { fault: witnessFault.ahead, size: 12 });
});

t.test('a witness that saw another tree says so, whether of this size or of a smaller one', async t => {
  const log = testLog();
  const process = await startWitness(t, [log.verifierKey]);
  const witness = { url: process.url, verifier: cosignatureVerifier(process.verifierKey) };
  await process.post(log.request(0, 7, { name: 'fork', from: 3 }));
  for (const size of [7, 9])
    t.match(await askWitness(witness, toCosign(log, size), 0, now(), inTime()), { fault: witnessFault.forked });
  await process.kill();
  t.match(await askWitness(witness, toCosign(log, 9), 0, now(), inTime()), { fault: witnessFault.away });
  const stranger = await startWitness(t, [testLog().verifierKey], 'witness.example/two');
  const two = { url: stranger.url, verifier: cosignatureVerifier(stranger.verifierKey) };
  t.match(await askWitness(two, toCosign(log, 9), 0, now(), inTime()), { fault: witnessFault.refused, why: /403/ });
});

const log = testLog();
const other = generateKeyPairSync('ed25519').privateKey;
type Answer = (faulty: FaultyWitness, checkpoint: string, old: number) => FaultyAnswer;

/** What a hostile or broken witness may answer, and what is made of it. */
const answers: Readonly<Record<string, readonly [Answer, string]>> = {
  'a cosignature forged under its name': [
    ({ name }, checkpoint) => ({ text: cosign(checkpoint, name, other, now()) }),
    witnessFault.signature,
  ],
  'its cosignature of another checkpoint': [
    ({ name, privateKey }) => ({ text: cosign(log.checkpoint(2), name, privateKey, now()) }),
    witnessFault.signature,
  ],
  'its cosignature with the time changed': [
    ({ name, privateKey }, checkpoint) => {
      const line = cosign(checkpoint, name, privateKey, now() - 30);
      const [dash, , base64 = ''] = line.trimEnd().split(' ');
      const bytes = Buffer.from(base64, 'base64');
      bytes.writeBigUInt64BE(BigInt(now()), 4);
      return { text: `${dash} ${name} ${bytes.toString('base64')}\n` };
    },
    witnessFault.signature,
  ],
  'an old cosignature': [
    ({ name, privateKey }, checkpoint) => ({ text: cosign(checkpoint, name, privateKey, now() - 3600) }),
    witnessFault.signature,
  ],
  'a cosignature of a time to come': [
    ({ name, privateKey }, checkpoint) => ({ text: cosign(checkpoint, name, privateKey, now() + 3600) }),
    witnessFault.signature,
  ],
  'no cosignature': [() => ({ text: '' }), witnessFault.signature],
  'somebody else’s cosignature': [
    (_faulty, checkpoint) => ({ text: cosign(checkpoint, 'other.example', other, now()) }),
    witnessFault.signature,
  ],
  'two cosignatures, one of them bad': [
    ({ name, privateKey }, checkpoint) => {
      const good = cosign(checkpoint, name, privateKey, now());
      const bad = cosign(log.checkpoint(2), name, privateKey, now());
      return { text: good + bad };
    },
    witnessFault.signature,
  ],
  'what is no text of signatures': [() => ({ text: '<html>' }), witnessFault.signature],
  'a size beyond the checkpoint': [() => ({ status: 409, type: sizeType, text: '99\n' }), witnessFault.ahead],
  'the size that it was asked from': [
    (_faulty, _checkpoint, old) => ({ status: 409, type: sizeType, text: `${old}\n` }),
    witnessFault.forked,
  ],
  'another size each time': [
    (_faulty, _checkpoint, old) => ({ status: 409, type: sizeType, text: `${old + 1}\n` }),
    witnessFault.refused,
  ],
  'a size of another media type': [() => ({ status: 409, text: '3\n' }), witnessFault.refused],
  'what is no size': [() => ({ status: 409, type: sizeType, text: '-1\n' }), witnessFault.refused],
  'that the proof is wrong': [() => ({ status: 422, text: '' }), witnessFault.forked],
  'that it knows no such log': [() => ({ status: 404, text: '' }), witnessFault.refused],
  'that it is broken': [() => ({ status: 500, text: '' }), witnessFault.refused],
  'the way to somebody else': [({ url }) => ({ status: 307, location: url, text: '' }), witnessFault.away],
  'without end': [() => ({ text: 'x'.repeat(1_000_000) }), witnessFault.away],
};
for (const [answer, [text, fault]] of Object.entries(answers)) {
  t.test(`a hostile witness answers ${answer}`, async t => {
    const faulty = await startFaultyWitness(t);
    faulty.answer(({ checkpoint, old }) => text(faulty, checkpoint, old));
    const witness = { url: faulty.url, verifier: cosignatureVerifier(faulty.verifierKey) };
    t.match(await askWitness(witness, toCosign(log, 9), 4, now(), inTime()), { fault });
  });
}

t.test('a hostile witness that never answers is waited for no longer than the signal says', async t => {
  const faulty = await startFaultyWitness(t);
  const witness = { url: faulty.url, verifier: cosignatureVerifier(faulty.verifierKey) };
  const word = await askWitness(witness, toCosign(log, 9), 4, now(), AbortSignal.timeout(50));
  t.match(word, { fault: witnessFault.away });
});

t.test('of several cosignatures only that of the known key is taken', async t => {
  const faulty = await startFaultyWitness(t);
  const { name, privateKey } = faulty;
  faulty.answer(({ checkpoint }) => ({
    text: cosign(checkpoint, 'other.example', other, now()) + cosign(checkpoint, name, privateKey, now()),
  }));
  const witness = { url: faulty.url, verifier: cosignatureVerifier(faulty.verifierKey) };
  const word = await askWitness(witness, toCosign(log, 9), 0, now(), inTime());
  t.match(word, { cosignature: { name } });
});
