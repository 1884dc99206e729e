/** Receipts of records whose month was dropped: where the archive is at hand they are given, otherwise it is named. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { verifyReceipt } from '../../src/ledger/verify-receipt.js';
import { openGateway } from '../gateway.js';
import { archive, drop, retention, signedMonths } from './dropped-months.js';
import { rollKey } from './roll-key.js';

t.test('who asks for the receipt of a dropped record is told of its archive', async t => {
  const store = await signedMonths(t);
  const { digest } = await archive(store, '2022-06');
  await drop(store, '2022-06');
  t.ok(existsSync(join(store.folder, '2022-06', 'manifest')));
  const gateway = await openGateway(t, { route: async () => store.database });
  const headers = { authorization: `Bearer ${await gateway.token('housing/permits')}` };
  const gone = await gateway.call('/ledger/receipts/0/500', { headers });
  t.equal(gone.status, 410, gone.text);
  t.equal(gone.body?.code, 'STILE_RECEIPT_ARCHIVED');
  t.equal(gone.headers.get('stile-archive'), `2022-06 sha-256=${digest}`);
  t.equal((await gateway.call('/ledger/receipts/0/99999', { headers })).status, 404, 'there never was one');
  t.equal((await gateway.call('/health/ready')).body?.warnings, undefined);
});

t.test('a gateway that has the archives at hand gives receipts of dropped records, to their parties only', async t => {
  const store = await signedMonths(t);
  await archive(store, '2022-06');
  await drop(store, '2022-06');
  const gateway = await openGateway(t, {
    route: async () => store.database,
    change: registry => ({
      ...registry,
      settings: { ...registry.settings, retention: { ...retention, archives: store.folder } },
    }),
  });
  const receiptOf = async (position: string, client: string) =>
    gateway.call(`/ledger/receipts/${position}`, {
      headers: { authorization: `Bearer ${await gateway.token(client)}` },
    });
  // The shard that did not grow is signed by the key of before.
  const keys = [rollKey(gateway), ...store.rollKeys];
  for (const position of ['0/300', '0/301', '0/500', '0/898', '0/899', '1/0', '1/4']) {
    const answer = await receiptOf(position, 'housing/permits');
    t.equal(answer.status, 200, position);
    t.match(verifyReceipt(answer.body as unknown as Receipt, keys), { position });
  }
  t.equal((await receiptOf('0/500', 'public-security/register')).status, 404, 'to a stranger it is unknown');
  const bundle = await gateway.call('/ledger/0/tile/entries/002', {
    headers: { authorization: `Bearer ${await gateway.token('staff/auditor')}` },
  });
  t.equal(bundle.body?.code, 'STILE_RECEIPT_ARCHIVED');

  const file = join(store.folder, '2022-06', 'shard-0.entries.ndjson');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"released"', '"relaesed"'));
  const altered = await receiptOf('0/300', 'housing/permits');
  t.equal(altered.body?.code, 'STILE_RECEIPT_ARCHIVED', 'what is not its leaf is not given out');
});
