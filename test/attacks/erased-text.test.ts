/** Somebody with every right in the database puts an erased text back, or makes one vanish, change or appear: it is found. */
import t from 'tap';
import type { Finding } from '../../src/ledger/verification/finding.js';
import { mixedDrafts, openClosedMonths } from '../ledger/closed-months.js';
import { draftOf, newId } from '../ledger/open-store.js';
import { verify } from './signed-ledger.js';

/** 0/0 has no text, 0/1 has one, 0/2 had one, which 0/3 erased. */
async function withTexts(t: Parameters<typeof openClosedMonths>[0]) {
  const store = await openClosedMonths(t);
  const written = (text: string) => draftOf({ subjects: [], text }, { kind: 'agreement', outcome: undefined });
  const members = { kind: 'erasure', id: newId(), action: 'text', record: '0/2', reason: 'request' } as const;
  await store.appendAt(Date.UTC(2022, 5, 10), [
    ...mixedDrafts(1),
    written('it stays'),
    written('it goes'),
    { entry: members, erases: true },
  ]);
  await store.sign();
  await store.pool.query('CREATE TABLE kept_texts AS SELECT * FROM ledger_texts');
  return store;
}

const attacks: Readonly<Record<string, readonly [string, Partial<Finding>]>> = {
  'a text altered': [`UPDATE ledger_texts SET text = 'it says' WHERE index = 1`, { at: '0/1' }],
  'its salt altered': [`UPDATE ledger_texts SET salt = substring(sha256('x') FOR 16) WHERE index = 1`, { at: '0/1' }],
  'its salt taken away': ['UPDATE ledger_texts SET salt = NULL WHERE index = 1', { at: '0/1' }],
  'a text deleted': ['DELETE FROM ledger_texts WHERE index = 1', { at: '0/1' }],
  'a text erased under the erasure of another': [
    `UPDATE ledger_texts AS it SET text = NULL, salt = NULL, erased_shard = of.erased_shard,
       erased_index = of.erased_index, erased_time = of.erased_time
     FROM ledger_texts AS of WHERE it.index = 1 AND of.index = 2`,
    { at: '0/1' },
  ],
  'a text erased under no erasure': [
    'UPDATE ledger_texts SET text = NULL, salt = NULL, erased_shard = 0, erased_index = 0, erased_time = 0 WHERE index = 1',
    { at: '0/1' },
  ],
  'an erased text back': [
    `UPDATE ledger_texts SET text = 'it goes', salt = (SELECT salt FROM ledger_texts WHERE index = 1),
       erased_shard = NULL, erased_index = NULL, erased_time = NULL WHERE index = 2`,
    { at: '0/2' },
  ],
  'a text given to an entry without': [
    `INSERT INTO ledger_texts (shard, index, id, salt, text)
     SELECT shard, index, id, salt, 'said' FROM ledger_entries WHERE shard = 0 AND index = 0`,
    { at: '0/0' },
  ],
  'a text beyond the end': [
    `INSERT INTO ledger_texts (shard, index, id, text) VALUES (0, 9, 'x', 'said')`,
    { at: '0/9' },
  ],
  'a text moved to another entry': ['UPDATE ledger_texts SET index = 0 WHERE index = 1', { at: '0/0' }],
};

t.test('each is named, and nothing else is', async t => {
  const store = await withTexts(t);
  const key = store.rollKeys[0] ?? '';
  t.same((await verify({ key }, store)).findings, [], 'as it was written');
  for (const [name, [statement, finds]] of Object.entries(attacks)) {
    await store.pool.query(statement);
    const { findings } = await verify({ key }, store);
    t.match(findings[0], { wrong: 'text', ...finds }, name);
    t.ok(
      findings.every(({ wrong }) => wrong === 'text'),
      'only texts',
    );
    await store.pool.query('DELETE FROM ledger_texts; INSERT INTO ledger_texts SELECT * FROM kept_texts');
  }
  t.same((await verify({ key }, store)).findings, [], 'and again');
});

t.test('an erased text that is back as it was is named too, though it fits its digest', async t => {
  const store = await openClosedMonths(t);
  const key = () => store.rollKeys[0] ?? '';
  const time = Date.UTC(2022, 5, 10);
  await store.appendAt(time, [draftOf({ text: 'it goes' })]);
  await store.pool.query('CREATE TABLE kept_texts AS SELECT * FROM ledger_texts');
  const entry = { kind: 'erasure', id: newId(), action: 'text', record: '0/0', reason: 'order' } as const;
  await store.appendAt(time + 1, [{ entry, erases: true }]);
  await store.sign();
  t.same((await verify({ key: key() }, store)).findings, []);
  await store.pool.query('DELETE FROM ledger_texts; INSERT INTO ledger_texts SELECT * FROM kept_texts');
  t.match((await verify({ key: key() }, store)).findings, [{ wrong: 'text', at: '0/0', detail: '0/1' }]);
});
