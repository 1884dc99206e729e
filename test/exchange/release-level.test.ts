/**
 * Services whose replies wait until signatures cover their records: on two replicas, with `stile witness` in a process of its own.
 *
 * Fault: a record is not signed or cosigned in time
 */
import { request } from 'node:http';
import pg from 'pg';
import t from 'tap';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { cosignatureVerifier } from '../../src/ledger/cosignature.js';
import { cosignedBy } from '../../src/ledger/cosigned.js';
import { verifyReceipt } from '../../src/ledger/verify-receipt.js';
import type { Registry, ReleaseLevel } from '../../src/registry/registry.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, openGateway, type TestGateway, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';
import { until } from '../until.js';
import { logKeyFor, watched } from '../witness/watched.js';
import { startWitness } from '../witness/witness-process.js';

const marriage = 'civil-affairs/marriage-status/v1';
const household = 'public-security/household/v1';
const appointment = 'civil-affairs/marriage-appointment/v1';
const { married, unmarried, partner } = sampleResidents;
const { residentId } = married;
const booking = {
  residentId: unmarried.residentId,
  partnerResidentId: partner.residentId,
  date: '2030-05-20',
  office: '440304-01',
};

const logKey = logKeyFor();
const witness = await startWitness(t, [logKey.verifierKey]);
const trusted = { keys: [witness.verifierKey], required: 1 };
const levels: Readonly<Record<string, ReleaseLevel>> = { [marriage]: 'witnessed', [household]: 'checkpointed' };

const waiting =
  (releaseDeadline: number, isLevelled = true) =>
  (before: Registry): Registry => {
    const registry = withoutCounting(watched(logKey, [witness])(before));
    const levelled = [...registry.services].map(([id, service]) => {
      return [id, { ...service, release: isLevelled ? (levels[id] ?? 'witnessed') : 'committed' }] as const;
    });
    const exchange = { ...registry.settings.exchange, releaseDeadline };
    return { ...registry, settings: { ...registry.settings, exchange }, services: new Map(levelled) };
  };
/** A replica that soon gives up, and one that does not. */
const hasty = await openGateway(t, { change: waiting(300) });
const patient = await openGateway(t, { beside: hasty, change: waiting(30_000) });
const store = new pg.Pool({ connectionString: hasty.database, max: 1 });
store.on('error', () => {});
t.teardown(() => store.end());

const ask = (gateway: TestGateway, service = marriage, caseNumber = 'any') =>
  gateway.exchange(service, { residentId }, { 'stile-case': caseNumber });

/** The entries of a case's exchanges, a record before what is said of it. */
async function entriesOf(caseNumber: string) {
  const { rows } = await store.query(
    `SELECT shard || '/' || index AS position, convert_from(entry, 'UTF8')::json AS entry FROM ledger_entries
     WHERE kind = 'exchange' AND case_number = $1 ORDER BY shard, index`,
    [caseNumber],
  );
  return rows.map(({ position, entry }) => ({ position, ...entry }));
}

async function receiptNow(gateway: TestGateway, { record }: Answer): Promise<Receipt> {
  const headers = { authorization: `Bearer ${await gateway.token('housing/permits')}`, prefer: 'wait=0' };
  const { status, text } = await gateway.call(`/ledger/receipts/${record}`, { headers });
  if (status !== 200) throw new Error(text);
  return JSON.parse(text);
}

const act = async (agreement: string, action: 'suspend' | 'resume') =>
  patient.call(`/operate/agreements/${agreement}/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await patient.token('staff/officer')}`, 'content-type': 'application/json' },
    body: { why: 'a complaint is looked into' },
  });

/** Begins an exchange whose release waits for a witness that is away; ends when its record is there. */
async function beginWaiting(caseNumber: string): Promise<{ readonly answer: Promise<Answer> }> {
  const answer = ask(patient, marriage, caseNumber);
  await until(async () => (await entriesOf(caseNumber)).length === 1);
  return { answer };
}

// Not before the witness has cosigned for the first time.
await until(async () => (await ask(patient)).status === 200);

t.test('by the time of the reply there is a receipt', async t => {
  for (let round = 0; round < 3; round++) {
    const witnessed = await ask(patient);
    t.match(witnessed, { status: 200 });
    t.equal(witnessed.headers.get('stile-release'), 'witnessed');
    const receipt = await receiptNow(patient, witnessed);
    t.match(verifyReceipt(receipt, [logKey.verifierKey], trusted), { position: witnessed.record });

    const checkpointed = await ask(patient, household);
    t.match(checkpointed, { status: 200 });
    t.equal(checkpointed.headers.get('stile-release'), 'checkpointed');
    t.match(verifyReceipt(await receiptNow(patient, checkpointed), [logKey.verifierKey]), {
      position: checkpointed.record,
    });
  }
});

t.test('a checkpoint needs no witness, and a durable record neither', async t => {
  const before = await ask(patient);
  await witness.kill();
  const after = await ask(patient, household);
  t.match(after, { status: 200 });
  // What is signed now no witness has cosigned; what they cosigned is still told.
  t.match(verifyReceipt(await receiptNow(patient, before), [logKey.verifierKey], trusted), {
    witnesses: { length: 1 },
  });
  t.match(verifyReceipt(await receiptNow(patient, after), [logKey.verifierKey]), { witnesses: { length: 0 } });
  const { text } = await patient.call('/ledger/checkpoint');
  t.equal(cosignedBy(text, [cosignatureVerifier(witness.verifierKey)]).length, 1);
  const plain = await openGateway(t, { beside: hasty, change: waiting(1, false) });
  const answer = await ask(plain);
  t.match(answer, { status: 200 });
  t.equal(answer.headers.get('stile-release'), 'committed');
  await plain.close();
  await witness.restart();
});

t.test('not in time: nothing is sent, and an entry of its own says so', async t => {
  await witness.kill();
  const answer = await ask(hasty, marriage, 'late');
  await refusedWith(t, hasty, answer, 'STILE_RELEASE_LATE', { service: marriage, asked: false });
  t.equal(answer.headers.get('retry-after'), '1');
  t.equal(answer.headers.get('stile-release'), null);
  t.notMatch(answer.text, married.name);
  const [released, withheld, ...more] = await entriesOf('late');
  t.same(more, []);
  t.match(released, { outcome: 'released', asked: true });
  t.match(withheld, { outcome: 'failed', withholds: released?.position, position: answer.record });
  t.equal(withheld?.subjects.count, released?.subjects.count, 'about the same people');
  t.equal(withheld?.fields, undefined);
  t.not(withheld?.id, released?.id);
  await witness.restart();
});

t.test('a reply with effects that was withheld is given under its key later, and nothing is done twice', async t => {
  const headers = { 'stile-purpose': 'marriage-registration', 'idempotency-key': 'k-1' };
  const book = () => hasty.exchange(appointment, booking, headers);
  await witness.kill();
  await refusedWith(t, hasty, await book(), 'STILE_RELEASE_LATE');
  await refusedWith(t, hasty, await book(), 'STILE_RELEASE_LATE', { repeats: /^\d+\/\d+$/ });
  await witness.restart();
  const answer = await patient.exchange(appointment, booking, headers);
  t.match(answer, { status: 200 });
  t.match(await hasty.entry(answer.record), { outcome: 'released', asked: false, repeats: /^\d+\/\d+$/ });
  t.equal(hasty.departments.civilAffairs.appointments().length, 1);
});

t.test('what is suspended while its reply waits is not released', async t => {
  await witness.kill();
  const { answer } = await beginWaiting('suspended');
  t.match(await act('housing-marriage-status', 'suspend'), { status: 200 });
  await witness.restart();
  const refused = await answer;
  t.match(refused, { status: 403, body: { code: 'STILE_AGREEMENT_SUSPENDED' } });
  t.notMatch(refused.text, married.name);
  const [released, withheld] = await entriesOf('suspended');
  t.match(withheld, { outcome: 'refused', code: 'STILE_AGREEMENT_SUSPENDED', withholds: released?.position });
  t.match(await act('housing-marriage-status', 'resume'), { status: 200 });
});

t.test('what moves another agreement while a reply waits does not keep it back', async t => {
  await witness.kill();
  const { answer } = await beginWaiting('moved');
  t.match(await act('housing-household', 'suspend'), { status: 200 });
  await witness.restart();
  t.match(await answer, { status: 200 });
});

t.test('a caller that hangs up while its reply waits', async t => {
  await witness.kill();
  const headers = {
    authorization: `Bearer ${await patient.token('housing/permits')}`,
    'content-type': 'application/json',
    'stile-purpose': 'public-rental-housing',
    'stile-case': 'hung-up',
  };
  const call = request(`${patient.url}/exchange/${marriage}`, { method: 'POST', headers, agent: false });
  call.on('error', () => {}).end(JSON.stringify({ residentId }));
  await until(async () => (await entriesOf('hung-up')).length === 1);
  call.destroy();
  await witness.restart();
  await until(async () => (await entriesOf('hung-up')).length === 2);
  const [released, withheld] = await entriesOf('hung-up');
  t.match(withheld, { outcome: 'failed', code: 'STILE_CALLER_GONE', withholds: released?.position });
});
