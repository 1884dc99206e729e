/**
 * A month leaves the store for its archive only, and what stays of it proves as before.
 *
 * Fault: a partition dropped without an archive
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import type { Receipt } from '../../schemas/stile/receipt.js';
import { dropMonth } from '../../src/ledger/drop-month.js';
import { holdMonth } from '../../src/ledger/hold-month.js';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { droppedMonth, lostMonths } from '../../src/ledger/lost-months.js';
import { openLedger } from '../../src/ledger/open.js';
import { proveConsistency, proveInclusion, readRoot, verifyConsistency } from '../../src/ledger/proof.js';
import { makeReceipt } from '../../src/ledger/receipt.js';
import { completeTiles, readTile, storedNodes } from '../../src/ledger/stored-tiles.js';
import { verifyReceipt } from '../../src/ledger/verify-receipt.js';
import { writeArchive } from '../../src/ledger/write-archive.js';
import { verify } from '../attacks/signed-ledger.js';
import { openGateway } from '../gateway.js';
import {
  type ClosedMonths,
  deployment,
  mixedDrafts,
  openClosedMonths,
  plainDrafts,
  rollDraft,
  settings,
} from './closed-months.js';
import { rollKey } from './roll-key.js';

const retention = { released: 36, other: 6 };

const archive = ({ query, keyFolder, folder }: ClosedMonths, month: string) =>
  writeArchive({ query, deployment, keys: readLogKeys(keyFolder), month, folder, now: Date.now() });

/** A ledger to write into, for as long as the work takes. */
async function withLedger<T>(
  store: ClosedMonths,
  work: (ledger: Awaited<ReturnType<typeof openLedger>>) => Promise<T>,
) {
  const { database, periodKeys: keys } = store;
  const ledger = await openLedger({ database, keys, settings, logger: pino({ level: 'silent' }) });
  return work(ledger).finally(() => ledger.close());
}

const drop = (store: ClosedMonths, month: string, change: Partial<Parameters<typeof dropMonth>[0]> = {}) =>
  withLedger(store, ledger => {
    const { query, rollKeys, folder } = store;
    const now = Date.now();
    return dropMonth({ query, ledger, rollKeys, month, folder, settings: retention, by: 'W0231', now, ...change });
  });

const hold = (store: ClosedMonths, month: string, why: string | null) =>
  withLedger(store, ledger => holdMonth({ query: store.query, ledger, month, why, by: 'W0231' }));

const entriesOf = async ({ pool }: ClosedMonths, kind: string) =>
  (await pool.query('SELECT entry FROM ledger_entries WHERE kind = $1 ORDER BY time, shard, index', [kind])).rows.map(
    row => JSON.parse(row.entry.toString()),
  );

const hasPartitions = async ({ pool }: ClosedMonths, name: string): Promise<boolean> => {
  const { rows } = await pool.query(
    `SELECT to_regclass('ledger_entries_' || $1) IS NOT NULL
    OR to_regclass('ledger_subjects_' || $1) IS NOT NULL AS found`,
    [name],
  );
  return rows[0].found;
};

/** June has entries 300 to 900 of shard 0, and all there are of shard 1 and, before what is signed, of the roll. */
async function signedMonths(t: Test) {
  const store = await openClosedMonths(t);
  await store.appendAt(Date.UTC(2022, 4, 10), plainDrafts(300));
  await store.appendAt(Date.UTC(2022, 5, 10), mixedDrafts(600));
  await store.appendAt(Date.UTC(2022, 5, 10), mixedDrafts(5), 1);
  await store.appendAt(Date.UTC(2022, 5, 10), [rollDraft()], -1);
  await store.appendAt(Date.UTC(2022, 6, 10), mixedDrafts(200));
  await store.sign();
  return store;
}

t.test('a month is dropped for its archive, and everything about it can still be proved', async t => {
  const store = await signedMonths(t);
  const { query, rollKeys } = store;
  const before = [];
  for (const position of [
    { shard: 0, index: 500 },
    { shard: 1, index: 3 },
    { shard: 0, index: 950 },
  ]) {
    before.push(await makeReceipt(query, position));
  }
  const inclusion = await proveInclusion(500, 1100, storedNodes(query, 0, 1100));
  const roots = await Promise.all([400, 1100].map(size => readRoot(size, storedNodes(query, 0, size))));

  const { digest } = await archive(store, '2022-06');
  const dropped = await drop(store, '2022-06');
  t.equal(dropped.entries, 606);
  t.notOk(await hasPartitions(store, '2022_06'));
  t.ok(await hasPartitions(store, '2022_05'));
  t.match((await entriesOf(store, 'retention')).at(-1), {
    action: 'dropped',
    month: '2022-06',
    manifest: digest,
    operator: { id: 'W0231', assurance: 'asserted' },
  });
  t.same(await lostMonths(query), [], 'it went as it should');
  t.same(await droppedMonth(query, 0, 500), { month: '2022-06', manifest: digest });
  t.equal(await droppedMonth(query, 0, 950), null);
  t.equal(await droppedMonth(query, 0, 99_999), null);

  for (const receipt of before) {
    t.not(receipt, null);
    if (receipt !== null) t.match(verifyReceipt(receipt, rollKeys), { position: receipt.position });
  }
  t.equal(await makeReceipt(query, { shard: 0, index: 500 }), null, 'its entry is not in the store any more');
  const kept = await makeReceipt(query, { shard: 0, index: 950 });
  t.match(kept && verifyReceipt(kept, rollKeys), { position: '0/950' }, 'new receipts of other months');
  t.same(await proveInclusion(500, 1100, storedNodes(query, 0, 1100)), inclusion);
  t.same(await Promise.all([400, 1100].map(size => readRoot(size, storedNodes(query, 0, size)))), roots);
  const proof = await proveConsistency(400, 1100, storedNodes(query, 0, 1100));
  const [first = '', second = ''] = roots;
  t.ok(verifyConsistency(proof, { size: 400, root: first }, { size: 1100, root: second }));
  t.equal((await readTile(query, 0, { level: 0, index: 1, width: 150 })).length, 150, 'a partial tile of then');

  // The shard that ended within the month grows on, over the leaves that were kept of it.
  await store.appendAt(Date.now(), plainDrafts(300), 1);
  await store.sign();
  const grown = await makeReceipt(query, { shard: 1, index: 300 });
  t.match(grown && verifyReceipt(grown, rollKeys), { position: '1/300', shard: { size: 305 } });
  await completeTiles(query, 1, 305);
  t.equal((await readTile(query, 1, { level: 0, index: 0, width: 256 })).length, 256);
  await t.rejects(drop(store, '2022-06'), /has no partition of 2022-06/);
});

t.test(
  'a store is verified over its dropped months, by their leaves and, where they are given, their archives',
  async t => {
    const store = await signedMonths(t);
    const [key = ''] = store.rollKeys;
    const verified = async (archives?: string) =>
      verify({ key }, { database: store.owner }, archives === undefined ? {} : { archives });
    await archive(store, '2022-06');
    await drop(store, '2022-06');
    await store.sign();
    t.match(await verified(), { found: 0, dropped: 606, isAnchored: true, isComplete: true });
    t.match(await verified(store.folder), { found: 0 });

    const { rows } = await store.query('SELECT * FROM ledger_months WHERE shard = 0 ORDER BY begins', []);
    await store.query('UPDATE ledger_months SET first_index = 901 WHERE shard = 0 AND first_index = 900', []);
    t.match((await verified()).findings[0], { wrong: 'months', at: '0/900' }, 'more is said to be gone than is');
    await store.query('UPDATE ledger_months SET first_index = 900 WHERE shard = 0 AND first_index = 901', []);
    t.equal(rows.length, 4);

    await store.query(
      'UPDATE ledger_tiles SET hashes = set_byte(hashes, 9, 255 - get_byte(hashes, 9)) WHERE index = 2',
      [],
    );
    const altered = await verified();
    t.ok(
      altered.findings.some(({ wrong, at }) => wrong === 'root' && at === '0/0'),
      JSON.stringify(altered.findings),
    );
    await store.query(
      'UPDATE ledger_tiles SET hashes = set_byte(hashes, 9, 255 - get_byte(hashes, 9)) WHERE index = 2',
      [],
    );

    const file = join(store.folder, '2022-06', 'shard-0.entries.ndjson');
    const text = readFileSync(file);
    writeFileSync(file, text.subarray(0, -1));
    t.match((await verified(store.folder)).findings, [
      { wrong: 'archive', at: 'roll/0', detail: '2022-06 shard-0.entries.ndjson cut' },
    ]);
    t.match((await verified(join(store.folder, 'elsewhere'))).findings, [
      { wrong: 'archive', detail: '2022-06 manifest missing' },
    ]);
  },
);

t.test(
  'within the least time it stays: three years where personal data was released, six months otherwise',
  async t => {
    const store = await openClosedMonths(t);
    const now = new Date();
    const monthsAgo = (count: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 3);
    const name = (time: number) => new Date(time).toISOString().slice(0, 7);
    const [fresh, plain, personal] = [monthsAgo(3), monthsAgo(9), monthsAgo(20)];
    await store.appendAt(personal, mixedDrafts(3));
    await store.appendAt(plain, plainDrafts(3));
    await store.appendAt(fresh, plainDrafts(3));
    await store.sign();
    const nobody = Buffer.alloc(32);
    for (const time of [fresh, personal]) {
      await archive(store, name(time));
      await t.rejects(drop(store, name(time)), /is kept until/, name(time));
      // Whoever goes around the command meets the same in the store.
      const text = 'SELECT ledger_drop_month($1, $2, 0, 0)';
      await t.rejects(store.query(text, [name(time), nobody]), { message: 'retention' }, name(time));
    }
    await archive(store, name(plain));
    const longer = { settings: { released: 60, other: 12 } };
    await t.rejects(drop(store, name(plain), longer), /is kept until/, 'config makes it longer');
    await t.rejects(store.query('SELECT ledger_drop_month($1, $2, 0, 0)', [name(plain), nobody]), { message: 'entry' });
    t.equal((await drop(store, name(plain))).entries, 3);
  },
);

t.test('a month under legal hold stays until it is freed', async t => {
  const store = await signedMonths(t);
  await archive(store, '2022-06');
  await t.rejects(hold(store, '2022-06', null), /is not under legal hold/);
  await hold(store, '2022-06', '监委〔2026〕3号');
  await t.rejects(drop(store, '2022-06'), /under legal hold/);
  const text = 'SELECT ledger_drop_month($1, $2, 0, 0)';
  await t.rejects(store.query(text, ['2022-06', Buffer.alloc(32)]), { message: 'held' });
  const [held] = await entriesOf(store, 'retention');
  t.match(held, { action: 'held', month: '2022-06' });
  t.match(held.text, /^[\w-]{43}$/);
  t.notOk(JSON.stringify(held).includes('监委'), 'the reason is not in the ledger');
  t.same((await store.pool.query('SELECT id, text FROM ledger_texts')).rows, [
    { id: held.id, text: '监委〔2026〕3号' },
  ]);
  await hold(store, '2022-06', null);
  t.match((await entriesOf(store, 'retention')).at(-1), { action: 'freed', month: '2022-06' });
  t.equal((await drop(store, '2022-06')).entries, 606);
});

t.test('only an archive that is whole and what the store has lets a month go', async t => {
  const store = await signedMonths(t);
  await t.rejects(drop(store, '2022-06'), /manifest: the file is missing/, 'no archive');
  await archive(store, '2022-06');
  await store.pool.query('UPDATE ledger_subjects SET tag = sha256(tag) WHERE shard = 0 AND index = 300');
  await t.rejects(drop(store, '2022-06'), /shard-0\.subjects\.ndjson: it is not what the store has/);
  t.ok(await hasPartitions(store, '2022_06'));
  t.same(await entriesOf(store, 'retention'), [], 'nothing was entered');
});

t.test('an entry of the roll that receipts still need keeps its month, until the shard is signed anew', async t => {
  const store = await signedMonths(t);
  await archive(store, '2022-06');
  // As of a shard that has not grown since.
  await store.pool.query('UPDATE ledger_checkpoints SET roll_index = 0 WHERE shard = 1');
  await t.rejects(drop(store, '2022-06'), /Have a gateway run for some seconds/);
  t.ok(await hasPartitions(store, '2022_06'));
  await store.sign();
  t.equal((await drop(store, '2022-06')).entries, 606);
  const receipt = await makeReceipt(store.query, { shard: 0, index: 950 });
  t.match(receipt && verifyReceipt(receipt, store.rollKeys), { position: '0/950' });
  await t.rejects(hold(store, '2022-06', 'too late'), /is archived and dropped/);
});

t.test('no role but the owner may drop or hold a month', async t => {
  const store = await signedMonths(t);
  const client = await store.pool.connect();
  try {
    await client.query('GRANT USAGE ON SCHEMA public TO pg_monitor');
    await client.query('SET ROLE pg_monitor');
    for (const call of [`ledger_drop_month('2022-06', '', 0, 0)`, `ledger_hold_month('2022-06', NULL)`]) {
      await t.rejects(client.query(`SELECT ${call}`), { code: '42501' }, call);
    }
  } finally {
    await client.query('RESET ROLE');
    client.release();
  }
  t.ok(await hasPartitions(store, '2022_06'));
});

t.test(
  'a month that is gone without an archive is named, at each start too; forging the drop does not help',
  async t => {
    const store = await signedMonths(t);
    t.same(await lostMonths(store.query), []);
    await store.pool.query('DROP TABLE ledger_entries_2022_06, ledger_subjects_2022_06');
    t.same(await lostMonths(store.query), ['2022-06']);
    const forged = `INSERT INTO ledger_retention (month, entry_shard, entry_index, dropped_at) VALUES ('2022-06', 0, 3, now())`;
    await store.pool.query(forged);
    t.same(await lostMonths(store.query), ['2022-06'], 'no entry of the ledger says so');
    const [key = ''] = store.rollKeys;
    const { findings } = await verify({ key }, { database: store.owner });
    t.match(
      findings.filter(({ wrong }) => wrong === 'missing'),
      [
        { wrong: 'missing', at: 'roll/0', detail: '2022-06' },
        { wrong: 'missing', at: '0/300', until: '0/899', detail: '2022-06' },
        { wrong: 'missing', at: '1/0', until: '1/4', detail: '2022-06' },
      ],
    );

    const told: string[] = [];
    const logger = pino({ level: 'error' }, { write: line => told.push(line) });
    const gateway = await openGateway(t, { logger, route: async () => store.database });
    const line = told.find(each => each.includes('months of the ledger are gone without an archive'));
    t.same(JSON.parse(line ?? '{}').months, ['2022-06']);
    const ready = await gateway.call('/health/ready');
    t.same(ready.body?.warnings, ['lost-months']);
  },
);

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
