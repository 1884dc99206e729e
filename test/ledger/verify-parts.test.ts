/**
 * A verification of the store holds composites and their parts against each other: whichever names the wrong entry is named by its position.
 *
 * Fault: a part made one of another composite, by whoever can sign as well
 */
import t, { type Test } from 'tap';
import { positionText } from '../../src/ledger/ledger.js';
import type { OpenLedger } from '../../src/ledger/open.js';
import { verifyStore } from '../../src/ledger/verification/verify-store.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { agreementsWithout, check } from '../exchange/composing.js';
import { openGateway } from '../gateway.js';
import { draftOf, newId, openStore } from './open-store.js';

type Members = Readonly<Record<string, unknown>>;

/** Positions that are named for their parts, with what those entries name. */
async function foundIn(database: string): Promise<readonly (readonly [string, string | undefined])[]> {
  const { findings } = await verifyStore({
    database,
    keys: [],
    kept: [],
    progress() {},
    save() {},
    ended: new AbortController().signal,
  });
  return findings.filter(({ wrong }) => wrong === 'parts').map(({ at, detail }) => [at, detail] as const);
}

const asked = { case: 'H-2026-0012', operator: { id: 'li-na', assurance: 'asserted' } };

const composite = { ...asked, service: 'government-services/rental-housing-check/v1' };

async function append(ledger: OpenLedger, members: Members, more = {}): Promise<string> {
  return positionText(await ledger.append(draftOf({ digests: {}, ...more }, { ...asked, ...members })));
}

/** A composite as it should be, but for what a test changes: the intent is 0/0, the parts 0/1 and 0/2, the record 0/3. */
async function written(t: Test, change: { readonly part?: Members; readonly record?: Members }) {
  const store = await openStore(t);
  const ledger = await store.open();
  t.teardown(() => ledger.close());
  const id = newId();
  const parent = await append(
    ledger,
    { ...composite, id, kind: 'intent', outcome: undefined },
    { opensIntent: true, subjects: [] },
  );
  const first = await append(ledger, { parent });
  const second = await append(ledger, { parent, ...change.part });
  await append(
    ledger,
    { ...composite, id, intent: id, parts: [first, second], ...change.record },
    { closesIntent: id },
  );
  return foundIn(store.owner);
}

t.test('a composite and its parts that name each other', async t => {
  t.same(await written(t, {}), []);
});

for (const [what, change, found] of [
  [
    'a part that names no entry',
    { part: { parent: '0/9' } },
    [
      ['0/2', '0/9'],
      ['0/3', '0/2'],
    ],
  ],
  [
    'a part that names a record',
    { part: { parent: '0/1' } },
    [
      ['0/2', '0/1'],
      ['0/3', '0/2'],
    ],
  ],
  [
    'a part that names what comes after it',
    { part: { parent: '0/3' } },
    [
      ['0/2', '0/3'],
      ['0/3', '0/2'],
    ],
  ],
  [
    'a part that names no position',
    { part: { parent: 'roll/1' } },
    [
      ['0/2', undefined],
      ['0/3', '0/2'],
    ],
  ],
  ['a part that names nothing', { part: { parent: undefined } }, [['0/3', '0/2']]],
  [
    'a part of another client',
    { part: { client: 'housing/archive' } },
    [
      ['0/2', '0/0'],
      ['0/3', '0/2'],
    ],
  ],
  [
    'a part of another case',
    { part: { case: 'H-2026-0013' } },
    [
      ['0/2', '0/0'],
      ['0/3', '0/2'],
    ],
  ],
  [
    'a part of another purpose',
    { part: { purpose: 'archive-appraisal' } },
    [
      ['0/2', '0/0'],
      ['0/3', '0/2'],
    ],
  ],
  [
    'a part for another official',
    { part: { operator: undefined } },
    [
      ['0/2', '0/0'],
      ['0/3', '0/2'],
    ],
  ],
  ['a composite that names an entry that is not there', { record: { parts: ['0/1', '7/7'] } }, [['0/3', '7/7']]],
  ['a composite that names its intent', { record: { parts: ['0/0', '0/1'] } }, [['0/3', '0/0']]],
  ['a composite whose parts are no list', { record: { parts: '0/1' } }, [['0/3', undefined]]],
] as const) {
  t.test(what, async t => {
    t.same(await written(t, change), found);
  });
}

t.test('parts in another shard, and a composite beside another', async t => {
  const store = await openStore(t);
  const [one, other] = [await store.open({ shards: 2 }), await store.open({ shards: 2 })];
  for (const ledger of [one, other]) t.teardown(() => ledger.close());
  const ids = [newId(), newId()];
  const parents: string[] = [];
  for (const id of ids) {
    const members = { ...composite, id, kind: 'intent', outcome: undefined };
    parents.push(await append(one, members, { opensIntent: true, subjects: [] }));
  }
  const parts = [await append(other, { parent: parents[0] }), await append(other, { parent: parents[1] })];
  const records: string[] = [];
  // Each names the other's part as well.
  for (const id of ids) records.push(await append(one, { ...composite, id, intent: id, parts }, { closesIntent: id }));
  t.same(await foundIn(store.owner), [
    [records[0], parts[1]],
    [records[1], parts[0]],
  ]);
});

t.test('what a gateway writes, refused and partial composites among it', async t => {
  const gateway = await openGateway(t, { agreements: agreementsWithout('housing-insurance-contributions') });
  const request = { residentId: sampleResidents.married.residentId };
  const whole = await gateway.exchange(check, request, { 'stile-case': 'H-2026-0012' });
  gateway.departments.civilAffairs.misbehave({ kind: 'status', status: 500 });
  const failed = await gateway.exchange(check, request);
  for (const { record } of [whole, failed]) t.ok(Array.isArray((await gateway.entry(record)).parts), record ?? '');
  t.same(await foundIn(gateway.database), []);
});
