/** Two replicas, two shards, and whatever may happen between their steps, in random order: the promises hold. */
import t from 'tap';
import { type Draft, LedgerError, ledgerFault, positionText } from '../../src/ledger/ledger.js';
import { openCutProxy } from '../faults/cut-proxy.js';
import { until } from '../until.js';
import { draftOf, openStore } from './open-store.js';
import { verifyLedger } from './verify-ledger.js';

const seeds = process.env.STILE_SLOW ? Array.from({ length: 12 }, (_, at) => at + 1) : [1, 2];

for (const seed of seeds) {
  t.test(`seed ${seed}`, async t => {
    const store = await openStore(t);
    const settings = { shards: 2, statementDeadline: 400, deadline: 3000, lease: 900 };
    const proxies = [await openCutProxy(t, store.database), await openCutProxy(t, store.database)];
    const replicas = await Promise.all(
      proxies.map(async proxy => ({ proxy, ledger: await store.open(settings, { database: proxy.database }) })),
    );
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const stored = new Map<string, Draft>();
    const moved: Draft[] = [];
    const opened: Draft[] = [];
    /** The version each replica decides under; a real one reads it again when it hears of a move. */
    let version = 0;

    async function append(draft: Draft, of: (typeof replicas)[number]): Promise<void> {
      try {
        const position = await of.ledger.append(draft);
        if (stored.has(positionText(position))) t.fail('one position was told twice');
        stored.set(positionText(position), draft);
        if (draft.opensIntent) opened.push(draft);
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        if (error.fault === ledgerFault.moved) moved.push(draft);
      }
    }

    const running: Promise<unknown>[] = [];
    for (let step = 0; step < 150; step++) {
      const replica = replicas[random(2)];
      if (replica === undefined) throw new Error('there are two');
      switch (random(14)) {
        case 0:
          replica.proxy.cut();
          break;
        case 1:
          void replica.proxy.cutAfter('ledger-append');
          break;
        case 2:
          void replica.proxy.cutBefore('ledger-append');
          break;
        case 3: {
          const changed = replica.ledger.appendWithChange(draftOf(), async () => null);
          running.push(
            changed.then(
              made => {
                version = Math.max(version, made.version);
              },
              () => {},
            ),
          );
          break;
        }
        case 4:
          await store.pool.query(
            `UPDATE ledger_heads SET lease_until = now() - interval '1 s' WHERE shard = ${random(2)}`,
          );
          break;
        case 5:
          running.push(append(draftOf({ opensIntent: true }, { kind: 'intent' }), replica));
          break;
        case 6: {
          const intent = opened.pop();
          if (intent === undefined) break;
          running.push(append(draftOf({ closesIntent: intent.entry.id }, { intent: intent.entry.id }), replica));
          break;
        }
        default:
          for (let count = random(20); count >= 0; count--) {
            running.push(append(draftOf(random(2) ? { agreements: version } : {}), replica));
          }
      }
      if (random(3) === 0) await new Promise(resolve => setTimeout(resolve, random(60)));
    }
    await Promise.all(running);
    await Promise.all(replicas.map(({ ledger }) => ledger.close()));

    const ids = await verifyLedger(t, store.pool);
    t.same(
      [...stored].filter(([position, draft]) => ids.get(position) !== draft.entry.id).map(([position]) => position),
      [],
      'every position told holds its entry',
    );
    const present = new Set(ids.values());
    t.same(moved.filter(draft => present.has(draft.entry.id)).length, 0, 'nothing that moved was appended');
    t.ok(stored.size > 0);

    const last = await store.open({ ...settings, lease: 300 });
    await until(async () => (await store.pool.query('SELECT FROM ledger_intents')).rowCount === 0);
    await last.close();
    const { rows } = await store.pool.query(
      `SELECT intent.id, count(record.id)::int AS records FROM ledger_entries AS intent
        LEFT JOIN ledger_entries AS record ON record.kind = 'exchange'
          AND convert_from(record.entry, 'UTF8')::jsonb ->> 'intent' = intent.id
        WHERE intent.kind = 'intent' GROUP BY intent.id`,
    );
    t.ok(rows.length > 0);
    t.same(
      rows.filter(row => row.records !== 1),
      [],
      'every intent has one record',
    );
  });
}
