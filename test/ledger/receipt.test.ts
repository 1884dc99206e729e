import { createHmac, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { periodOf } from '../../src/ledger/period-keys.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { receiptFault, verifyReceipt } from '../../src/ledger/verify-receipt.js';
import { openGateway, type TestGateway } from '../gateway.js';
import { rollKey } from './roll-key.js';

const service = 'civil-affairs/marriage-status/v1';
const resident = '440304198804123031';

async function receiptOf(gateway: TestGateway, position: string | null, client = 'housing/permits') {
  const authorization = `Bearer ${await gateway.token(client)}`;
  return gateway.call(`/ledger/receipts/${position}`, { headers: { authorization } });
}

t.test('a receipt proves an exchange offline, and nothing else', async t => {
  const gateway = await openGateway(t);
  const keys = [rollKey(gateway)];
  const answer = await gateway.exchange(service, { residentId: resident });
  t.equal(answer.headers.get('link'), `</ledger/receipts/${answer.record}>; rel="https://c2sp.org/tlog-proof"`);
  const got = await receiptOf(gateway, answer.record);
  t.equal(got.status, 200, got.text);
  const receipt = got.body as unknown as Receipt;

  t.equal(JSON.parse(receipt.entry).service, service);
  const [shard, index] = (answer.record ?? '').split('/');
  const verified = verifyReceipt(receipt, keys);
  t.match(verified, { position: answer.record, shard: { origin: `stile.example/ledger/${shard}` } });
  t.match(verified, { roll: { origin: 'stile.example/ledger' } });

  const { privateKey } = generateKeyPairSync('ed25519');
  const others = verifierKeysOf('stile.example/ledger', [privateKey]);
  t.same(verifyReceipt(receipt, others), { fault: receiptFault.signature }, "another deployment's key");
  const forged = receipt.entry.replace('"outcome":"released"', '"outcome":"refused"');
  t.not(forged, receipt.entry);
  t.same(verifyReceipt({ ...receipt, entry: forged }, keys), { fault: receiptFault.entry }, 'the entry was altered');
  const moved = `${shard}/${Number(index) - 1}`;
  t.same(verifyReceipt({ ...receipt, position: moved }, keys), { fault: receiptFault.entry }, 'another position');
  const later = await receiptOf(gateway, (await gateway.exchange(service, { residentId: resident })).record);
  const mixed = { ...receipt, roll: (later.body as unknown as Receipt).roll };
  t.same(verifyReceipt(mixed, keys), { fault: receiptFault.roll }, "the roll's entry of another checkpoint");
  t.same(verifyReceipt({ ...receipt, proof: 'none' }, keys), { fault: receiptFault.malformed });
});

t.test('the parties of an exchange and those who watch get its receipt; to anyone else it is unknown', async t => {
  const gateway = await openGateway(t);
  const { record } = await gateway.exchange('public-security/household/v1', { residentId: resident });
  for (const reader of [
    'housing/permits',
    'housing/archive',
    'public-security/register',
    'staff/security',
    'staff/auditor',
  ]) {
    t.equal((await receiptOf(gateway, record, reader)).status, 200, reader);
  }
  const { record: others } = await gateway.exchange(service, { residentId: resident });
  for (const stranger of ['public-security/register', 'staff/officer', 'staff/operator']) {
    const forbidden = await receiptOf(gateway, others, stranger);
    const unknown = await receiptOf(gateway, '0/99999', stranger);
    t.equal(forbidden.status, 404, stranger);
    t.same({ ...forbidden.body, record: '' }, { ...unknown.body, record: '' }, 'no way to tell one from the other');
    t.match(await gateway.entry(forbidden.record), { kind: 'search', question: 'receipt', outcome: 'refused' });
  }
  const looked = await receiptOf(gateway, record, 'staff/auditor');
  t.match(
    await gateway.entry(looked.record),
    { question: 'receipt', record, outcome: 'released' },
    'watchers are watched',
  );
});

t.test('no two receipts tell that they are about one person, even to whoever holds the key of the period', async t => {
  const gateway = await openGateway(t);
  const receipts: Receipt[] = [];
  for (let time = 0; time < 2; time++) {
    const { record } = await gateway.exchange(service, { residentId: resident });
    receipts.push((await receiptOf(gateway, record)).body as unknown as Receipt);
  }
  const [one, other] = receipts.map(({ entry }) => JSON.parse(entry));
  t.equal(one.subjects.count, other.subjects.count, 'they are about as many people');
  t.not(one.subjects.digest, other.subjects.digest);
  t.not(one.digests.request, other.digests.request);
  t.not(one.digests.reply, other.digests.reply);

  const key = readFileSync(join(gateway.dataFolder, 'keys', 'periods', `${periodOf(Date.now())}.key`));
  const hmac = (text: string) => createHmac('sha256', key).update(text);
  const text = JSON.stringify(receipts);
  for (const guess of [`subject\0resident\0${resident}`, `request\0{"residentId":"${resident}"}`]) {
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      t.notOk(text.includes(hmac(guess).digest(form)), `${guess.split('\0')[0]} is not in them as ${form}`);
    }
  }
});
