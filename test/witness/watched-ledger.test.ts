/**
 * A gateway whose ledger other departments witness, each by `stile witness` in a process of its own.
 *
 * Fault: too few witnesses answer, the policy is warn
 * Fault: too few witnesses answer, the policy is stop
 * Fault: a witness that hangs, or forges
 */
import { generateKeyPairSync } from 'node:crypto';
import { pino } from 'pino';
import t from 'tap';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { cosignatureVerifier } from '../../src/ledger/cosignature.js';
import { cosignedBy } from '../../src/ledger/cosigned.js';
import { parseNote, verifyNote } from '../../src/ledger/note.js';
import { noteVerifier } from '../../src/ledger/note-key.js';
import { receiptFault, verifyReceipt } from '../../src/ledger/verify-receipt.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway, type TestGateway } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';
import { cosign, startFaultyWitness } from './faulty-witness.js';
import { logKeyFor, watched } from './watched.js';
import { startWitness } from './witness-process.js';

const service = 'civil-affairs/marriage-status/v1';
const { residentId } = sampleResidents.married;

const ask = (gateway: TestGateway) => gateway.exchange(service, { residentId });
async function warningsOf(gateway: TestGateway): Promise<readonly string[]> {
  return JSON.parse((await gateway.call('/health/ready')).text).warnings ?? [];
}

async function receiptOf(gateway: TestGateway, position: string | null, wait?: number): Promise<Receipt> {
  const authorization = `Bearer ${await gateway.token('housing/permits')}`;
  const headers = { authorization, ...(wait !== undefined && { prefer: `wait=${wait}` }) };
  const { status, text } = await gateway.call(`/ledger/receipts/${position}`, { headers });
  if (status !== 200) throw new Error(text);
  return JSON.parse(text);
}

/** A logger, and the messages of its lines so far. */
function heard() {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { logger, told: (message: string) => lines.filter(({ msg }) => msg === message) };
}

t.test(
  'what witnesses cosign is in the checkpoint that is served and in receipts, and can be verified offline',
  async t => {
    const logKey = logKeyFor();
    const witnesses = [
      await startWitness(t, [logKey.verifierKey]),
      await startWitness(t, [logKey.verifierKey], 'witness.example/two'),
    ];
    const keys = witnesses.map(({ verifierKey }) => verifierKey);
    const gateway = await openGateway(t, { change: watched(logKey, witnesses) });
    const { record } = await ask(gateway);
    const receipt = await receiptOf(gateway, record, 30);
    const verified = verifyReceipt(receipt, [logKey.verifierKey], { keys, required: 2 });
    t.match(verified, {
      position: record,
      witnesses: [{ name: 'witness.example/one' }, { name: 'witness.example/two' }],
    });
    const stranger = await startFaultyWitness(t);
    t.same(verifyReceipt(receipt, [logKey.verifierKey], { keys: [stranger.verifierKey], required: 1 }), {
      fault: receiptFault.witnesses,
    });
    const [one = ''] = keys;
    t.same(
      verifyReceipt(receipt, [logKey.verifierKey], { keys: [one, one], required: 2 }),
      { fault: receiptFault.witnesses },
      'one witness is not two',
    );
    const forged = receipt.roll.proof.replaceAll('witness.example/two', 'witness.example/one');
    t.same(
      verifyReceipt({ ...receipt, roll: { ...receipt.roll, proof: forged } }, [logKey.verifierKey], {
        keys,
        required: 2,
      }),
      { fault: receiptFault.witnesses },
      'a cosignature under another name is none',
    );

    // Nothing is appended any more, so that the checkpoint stays the last one.
    await until(async () => {
      const { text } = await gateway.call('/ledger/checkpoint');
      return cosignedBy(text, keys.map(cosignatureVerifier)).length === 2;
    });
    const { text } = await gateway.call('/ledger/checkpoint');
    t.equal(verifyNote(parseNote(text), [noteVerifier(logKey.verifierKey)]).length, 1);
  },
);

t.test('a gateway that was started anew goes on from where its witnesses are', async t => {
  const logKey = logKeyFor();
  const witness = await startWitness(t, [logKey.verifierKey]);
  const change = watched(logKey, [witness]);
  const first = await openGateway(t, { change });
  await receiptOf(first, (await ask(first)).record, 30);
  await first.close();
  const second = await openGateway(t, { change, beside: first });
  const receipt = await receiptOf(second, (await ask(second)).record, 30);
  const trusted = { keys: [witness.verifierKey], required: 1 };
  t.match(verifyReceipt(receipt, [logKey.verifierKey], trusted), { witnesses: [{ name: 'witness.example/one' }] });
});

t.test('while a witness is away: released under `warn`, refused under `stop`, until it is back', async t => {
  const logKey = logKeyFor();
  const witness = await startWitness(t, [logKey.verifierKey]);
  const { logger, told } = heard();
  const warns = await openGateway(t, { logger, change: watched(logKey, [witness], { stale: 3 }) });
  const change = watched(logKey, [witness], { stale: 3, whenStale: 'stop' });
  const stops = await openGateway(t, { beside: warns, change });
  await until(async () => (await ask(stops)).status === 200);
  await until(async () => (await warningsOf(warns)).length === 0);

  await witness.kill();
  await until(async () => (await ask(stops)).status !== 200);
  const refused = await ask(stops);
  t.equal(refused.headers.get('retry-after'), '10');
  await refusedWith(t, stops, refused, 'STILE_WITNESSES_AWAY', { asked: false, service });
  await until(async () => (await warningsOf(warns)).length > 0);
  for (const gateway of [warns, stops]) {
    t.same(await warningsOf(gateway), ['witnesses']);
    t.equal((await gateway.call('/health/ready')).status, 200, 'ready all the same');
  }
  const { record } = await ask(warns);
  const receipt = await receiptOf(warns, record);
  t.match(verifyReceipt(receipt, [logKey.verifierKey]), { position: record }, 'what is released has a receipt');
  const { text } = await warns.call('/ledger/checkpoint');
  t.same(cosignedBy(text, [cosignatureVerifier(witness.verifierKey)]), [], 'that nobody has cosigned');
  await until(() => told('too few witnesses have cosigned the ledger lately').length > 0);
  t.match(told('a witness does not cosign').at(-1), {
    witness: 'witness.example/one',
    fault: 'away',
    url: witness.url,
  });

  await witness.restart();
  await until(async () => (await ask(stops)).status === 200);
  await until(async () => (await warningsOf(warns)).length === 0);
  await until(() => told('enough witnesses cosign the ledger again').length > 0);
  t.match(told('a witness cosigns again').at(-1), { witness: 'witness.example/one' });
});

t.test('a hostile witness that never answers keeps nobody waiting whose cosignature is not needed', async t => {
  const logKey = logKeyFor();
  const hanging = await startFaultyWitness(t);
  const witnesses = [await startWitness(t, [logKey.verifierKey]), hanging];
  const gateway = await openGateway(t, { change: watched(logKey, witnesses, { required: 1 }) });
  // Of each of several checkpoints, while the hanging one has the first of them yet.
  for (let round = 0; round < 3; round++) {
    const receipt = await receiptOf(gateway, (await ask(gateway)).record, 30);
    const trusted = { keys: witnesses.map(({ verifierKey }) => verifierKey), required: 1 };
    t.match(verifyReceipt(receipt, [logKey.verifierKey], trusted), { witnesses: [{ name: 'witness.example/one' }] });
  }
  t.ok(hanging.asked.length > 0, 'it was asked');
});

t.test('a hostile witness that forges counts for nothing, and a receipt says so', async t => {
  const logKey = logKeyFor();
  const honest = await startWitness(t, [logKey.verifierKey]);
  const forger = await startFaultyWitness(t);
  const { privateKey } = generateKeyPairSync('ed25519');
  forger.answer(({ checkpoint }) => ({
    text: cosign(checkpoint, forger.name, privateKey, Math.floor(Date.now() / 1000)),
  }));
  const { logger, told } = heard();
  const gateway = await openGateway(t, { logger, change: watched(logKey, [honest, forger]) });
  const { record } = await ask(gateway);
  await until(() => told('a witness does not cosign').length > 0);
  t.match(told('a witness does not cosign')[0], { witness: forger.name, fault: 'signature' });
  const receipt = await receiptOf(gateway, record);
  const keys = [honest.verifierKey, forger.verifierKey];
  t.same(verifyReceipt(receipt, [logKey.verifierKey], { keys, required: 2 }), { fault: receiptFault.witnesses });
  t.notMatch(receipt.roll.proof, forger.name, 'it is not even kept');
  t.same(await warningsOf(gateway), ['witnesses']);
});
