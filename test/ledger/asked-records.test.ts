import t, { type Test } from 'tap';
import { type AskedFilter, type AskedRecord, askedRecords } from '../../src/ledger/asked-records.js';
import { reachNow } from '../../src/ledger/follow.js';
import { isFailure } from '../../src/ledger/search-pool.js';
import { draftOf, newId, openStore, type Store } from './open-store.js';

const service = 'civil-affairs/marriage-status/v1';

async function recordsIn(t: Test, store: Store, more: Partial<AskedFilter> = {}): Promise<AskedRecord[]> {
  const found: AskedRecord[] = [];
  for await (const page of askedRecords(store.pool, { service, from: undefined, until: undefined, ...more })) {
    if (isFailure(page)) t.fail(String(page.cause));
    else found.push(...page);
  }
  return found;
}

t.test('those whose department was or may have been asked, by the id it knows', async t => {
  const store = await openStore(t);
  const ledger = await store.open();
  const intent = newId();
  const [asked, trick] = [draftOf({}, { asked: true }), draftOf({}, { asked: false, case: '","asked":true,"' })];
  await ledger.append(asked);
  await ledger.append(trick);
  await ledger.append(draftOf({}, { asked: true, service: 'civil-affairs/other/v1' }));
  await ledger.append(draftOf({}, { kind: 'explain', asked: true, outcome: undefined }));
  await ledger.append(draftOf({}, { kind: 'intent', id: intent, asked: false, outcome: undefined }));
  // As the next writer closes the intent of a gateway that died.
  await ledger.append(draftOf({}, { outcome: 'unknown', intent }));
  await ledger.append(draftOf({}, { outcome: 'refused', code: 'STILE_QUOTA', asked: false }));
  const tried = draftOf({}, { kind: 'config', action: 'tried', asked: true });
  await ledger.append(tried);
  await ledger.append(draftOf({}, { kind: 'config', action: 'reloaded', outcome: undefined }));
  t.match(await recordsIn(t, store), [
    { shard: 0, index: 0, requestId: asked.entry.id, isIntent: false, outcome: 'released' },
    { index: 4, requestId: intent, isIntent: true },
    { index: 5, requestId: intent, isIntent: false, outcome: 'unknown' },
    { index: 7, requestId: tried.entry.id, isIntent: false, outcome: 'released' },
  ]);
  t.equal((await recordsIn(t, store)).length, 4);
});

t.test('page after page, each once and in order, within the times and the reach', async t => {
  const store = await openStore(t);
  const ledger = await store.open({ queue: 10_000 });
  const drafts = Array.from({ length: 4100 }, () => draftOf({ subjects: [] }, { asked: true }));
  await Promise.all(drafts.map(draft => ledger.append(draft)));
  const reach = await reachNow(store.pool);
  if (isFailure(reach)) throw reach.cause;
  await ledger.append(draftOf({}, { asked: true }));
  const all = await recordsIn(t, store, { reach });
  t.same(
    all.map(({ requestId }) => requestId),
    drafts.map(({ entry }) => entry.id),
  );
  t.equal((await recordsIn(t, store)).length, 4101);
  const middle = all[2000]?.time ?? 0;
  const [before, after] = [
    await recordsIn(t, store, { reach, until: middle }),
    await recordsIn(t, store, { reach, from: middle }),
  ];
  t.same([...before, ...after], all);
  t.ok(after.length > 0 && after.every(({ time }) => time >= middle));
});
