/**
 * A month that is gone without an archive is named by whoever verifies, and at each start.
 *
 * Fault: a partition dropped without an archive
 */
import { pino } from 'pino';
import t from 'tap';
import { lostMonths } from '../../src/ledger/lost-months.js';
import { verify } from '../attacks/signed-ledger.js';
import { openGateway } from '../gateway.js';
import { signedMonths } from './dropped-months.js';

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
