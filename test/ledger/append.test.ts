import t from 'tap';
import { ledgerFault, positionText } from '../../src/ledger/ledger.js';
import { draftOf, faultOf, newId, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

t.test('a thousand concurrent appends', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const drafts = Array.from({ length: 1000 }, (_, number) => draftOf({}, { case: `case-${number}` }));
  const positions = await Promise.all(drafts.map(draft => ledger.append(draft)));

  t.same(
    positions,
    drafts.map((_, index) => ({ shard: 0, index })),
    'positions are contiguous and in the order of arrival',
  );
  const ids = await verifyLedger(t, store.pool);
  t.same(
    positions.map(position => ids.get(positionText(position))),
    drafts.map(draft => draft.entry.id),
    'each entry is where its position says',
  );
  t.equal(ledger.metrics.entries, 1000);
  t.equal(ledger.metrics.batches, 2, 'at most 500 go together');
});

t.test('search columns and side rows are what the entry says', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const subjects = [
    { kind: 'resident', identifier: '440304198804123031', role: 'asked' },
    { kind: 'resident', identifier: '440304199001010000', role: 'related' },
  ] as const;
  const asClient = draftOf(
    { subjects },
    { case: 'ZB-1', code: 'STILE_X', operator: { id: 'li.wei', assurance: 'asserted' } },
  );
  const asStaff = draftOf(
    { subjects: [], digests: {} },
    { kind: 'search', outcome: undefined, client: undefined, staff: { id: 'staff/security', role: 'security' } },
  );
  await Promise.all([ledger.append(asClient), ledger.append(asStaff)]);

  const { rows } = await store.pool.query('SELECT * FROM ledger_entries ORDER BY index');
  t.match(rows[0], {
    kind: 'exchange',
    outcome: 'released',
    code: 'STILE_X',
    actor: 'housing/permits',
    consumer: 'housing',
    provider: 'civil-affairs',
    service: 'civil-affairs/marriage-status/v1',
    purpose: 'public-rental-housing',
    case_number: 'ZB-1',
    operator: 'li.wei',
    id: asClient.entry.id,
  });
  t.match(rows[1], { kind: 'search', outcome: null, actor: 'staff/security', operator: null });
  const entries = rows.map(row => JSON.parse(row.entry.toString()));
  t.same(
    entries.map(entry => Date.parse(entry.time)),
    rows.map(row => Number(row.time)),
  );
  t.equal(rows[0].salt.length, 16);

  const { rows: tags } = await store.pool.query(
    'SELECT index, time, role, length(tag) FROM ledger_subjects ORDER BY role',
  );
  t.same(tags, [
    { index: '0', time: rows[0].time, role: 'asked', length: 32 },
    { index: '0', time: rows[0].time, role: 'related', length: 32 },
  ]);
});

t.test('a batch holds at most 4 MiB', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const drafts = Array.from({ length: 200 }, () => draftOf({}, { case: 'x'.repeat(60_000) }));
  const positions = await Promise.all(drafts.map(draft => ledger.append(draft)));
  t.same(
    positions.map(position => position.index),
    drafts.map((_, index) => index),
    'what does not fit goes next, in order',
  );
  t.equal(ledger.metrics.batches, 3, 'of some 60,600 bytes each 69 fit');
});

t.test('an entry has at most 65,535 bytes, and one that has more harms no other', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const { rows } = await (async () => {
    await ledger.append(draftOf({}, { case: '' }));
    return store.pool.query('SELECT length(entry) FROM ledger_entries');
  })();
  const room = 65_535 - rows[0].length;
  const results = await Promise.allSettled([
    ledger.append(draftOf({}, { case: 'x'.repeat(room) })),
    ledger.append(draftOf({}, { case: 'x'.repeat(room + 1) })),
    ledger.append(draftOf({}, { case: '€'.repeat(room) })),
    ledger.append(draftOf({}, { case: '\u0000' })),
    ledger.append(draftOf()),
  ]);
  t.match(results, [
    { value: { index: 1 } },
    { reason: { name: 'LedgerError', fault: ledgerFault.tooLarge } },
    { reason: { name: 'LedgerError', fault: ledgerFault.tooLarge } },
    { reason: { name: 'TypeError' } },
    { value: { index: 2 } },
  ]);
  const { rows: lengths } = await store.pool.query('SELECT length(entry) FROM ledger_entries WHERE index = 1');
  t.equal(lengths[0].length, 65_535);
  await verifyLedger(t, store.pool);
});

t.test('a sealed reply is kept with the record it was released under, for the exchange that holds the key', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const claim =
    'INSERT INTO repeats (client, service, key, request, claimed_by, expires_at) VALUES ($1, $2, $3, $4, $5, now())';
  const [client, service] = ['housing/permits', 'civil-affairs/marriage-status/v1'];
  const reply = Buffer.from([0, 1, 0x0a, 0xff]);
  const sealed = (key: string) => draftOf({ seal: { client, service, key, reply } });
  const drafts = { one: sealed('one'), other: draftOf(), 'claimed again': sealed('claimed again') };
  for (const [key, { entry }] of Object.entries(drafts)) {
    const claimedBy = key === 'claimed again' ? newId() : entry.id;
    await store.pool.query(claim, [client, service, key, Buffer.alloc(32), claimedBy]);
  }
  await ledger.append(drafts.other);
  await Promise.all([drafts.one, sealed('given up'), drafts['claimed again']].map(ledger.append));
  const { rows } = await store.pool.query('SELECT key, record, sealed FROM repeats ORDER BY key');
  t.same(rows, [
    { key: 'claimed again', record: null, sealed: null },
    { key: 'one', record: '0/1', sealed: reply },
    { key: 'other', record: null, sealed: null },
  ]);
});

t.test('a full queue takes no more, and says so', async t => {
  const store = await openStore(t);
  const ledger = await store.open({ queue: 3 });
  const appends = Array.from({ length: 8 }, () => ledger.append(draftOf()));
  t.equal(ledger.fault(), ledgerFault.full);
  const results = await Promise.allSettled(appends);
  const full = results.filter(result => result.status === 'rejected');
  t.equal(full.length, 5);
  for (const { reason } of full) t.match(reason, { fault: ledgerFault.full });
  t.equal(ledger.fault(), null);
  t.equal((await ledger.append(draftOf())).index, 3);
});

t.test('a ledger that closes appends what waits and takes no more', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const appends = Array.from({ length: 50 }, () => ledger.append(draftOf()));
  const closed = ledger.close();
  t.equal(ledger.fault(), ledgerFault.closed);
  t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.closed);
  t.equal((await Promise.all(appends)).length, 50);
  await closed;
  const { rows } = await store.pool.query('SELECT holder, lease_until, size FROM ledger_heads');
  t.same(rows, [{ holder: null, lease_until: null, size: '50' }], 'the shard is free at once');
  t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.closed);
});
