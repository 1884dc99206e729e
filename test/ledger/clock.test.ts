import t from 'tap';
import { ledgerFault } from '../../src/ledger/ledger.js';
import { until } from '../until.js';
import { draftOf, faultOf, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

/** A clock that a test sets, in milliseconds ahead of the right one. */
function openClock(ahead: number) {
  const clock = { ahead, now: () => Date.now() + clock.ahead };
  return clock;
}

const times = 'SELECT time FROM ledger_entries ORDER BY index';

for (const ahead of [2600, -2600]) {
  t.test(`a writer whose clock is ${ahead} ms ahead never starts to append`, async t => {
    const store = await openStore(t);
    const clock = openClock(ahead);
    const ledger = await store.open({}, { now: clock.now });
    t.equal(ledger.fault(), ledgerFault.clock);
    t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.clock);
    const { rows } = await store.pool.query('SELECT holder FROM ledger_heads');
    t.same(rows, [{ holder: null }], 'it keeps no shard from others');
    clock.ahead = 0;
    await until(() => ledger.fault() === null);
    t.equal((await ledger.append(draftOf())).index, 0, 'a clock set right is enough');
  });

  t.test(`a clock that jumps by ${ahead} ms is seen by the very next append`, async t => {
    const store = await openStore(t);
    const clock = openClock(0);
    const ledger = await store.open({}, { now: clock.now });
    await ledger.append(draftOf());
    clock.ahead = ahead;
    t.equal(await faultOf(ledger.append(draftOf())), ledgerFault.clock);
    t.equal(ledger.fault(), ledgerFault.clock);
    t.equal((await store.pool.query(times)).rowCount, 1, 'nothing was appended');
    clock.ahead = 0;
    await until(() => ledger.fault() === null);
    t.equal((await ledger.append(draftOf())).index, 1);
  });
}

t.test('a clock that jumps is seen without any append', async t => {
  const store = await openStore(t);
  const clock = openClock(0);
  const ledger = await store.open({ lease: 300 }, { now: clock.now });
  clock.ahead = 3_600_000;
  await until(() => ledger.fault() === ledgerFault.clock);
  t.match(ledger.metrics.lastFault, /ahead of the database/);
});

t.test('time never goes back in a shard', async t => {
  const store = await openStore(t);
  const clock = openClock(1500);
  const ledger = await store.open({}, { now: clock.now });
  await ledger.append(draftOf());
  clock.ahead = -1500;
  await ledger.append(draftOf());
  await ledger.close();
  const next = await store.open({}, { now: openClock(0).now });
  await next.append(draftOf());
  const { rows } = await store.pool.query(times);
  t.same(
    rows.map(row => row.time),
    [rows[0].time, rows[0].time, rows[0].time],
    'the later of the clock and the entry before',
  );
  await verifyLedger(t, store.pool);
});
