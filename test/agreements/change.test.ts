import { createHash } from 'node:crypto';
import t from 'tap';
import { act } from '../../src/agreements/act.js';
import { mostChanges } from '../../src/agreements/change.js';
import { importAgreements } from '../../src/agreements/import.js';
import { readAgreements, readHistory } from '../../src/agreements/store.js';
import { canonicalText } from '../../src/ledger/canonical.js';
import { isExit } from '../../src/problem.js';
import { agreementEntries, officer, openAgreements } from './open-agreements.js';
import { household, registryOf } from './sample.js';

const document = (change: Record<string, unknown> = {}) => ({
  id: 'housing-household',
  provider: 'public-security',
  consumer: 'housing',
  service: household.id,
  purposes: ['public-rental-housing'],
  clients: ['permits'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: [{ path: 'residentId' }, { path: 'members[].birthDate', mask: { kind: 'exists' } }],
  limits: { day: 10_000_000 },
  ...change,
});

t.test('an import makes agreements, each with its entry, and they are in force once it is answered', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  const found = await importAgreements([document(), document({ id: 'second' })], officer(), replica);
  t.match(found, {
    agreements: [
      { agreement: { id: 'housing-household', version: 1 }, state: 'active', result: 'made' },
      { agreement: { id: 'second', version: 1 }, state: 'active', result: 'made' },
    ],
    committed: { version: 1, positions: [{ index: 0 }, { index: 1 }] },
  });
  t.equal(replica.index.current().version, 1);
  t.equal(replica.index.current().of('housing', household.id).length, 2);
  t.match(await agreementEntries(store.pool), [
    {
      action: 'import',
      agreement: { id: 'housing-household', version: 1 },
      state: 'active',
      provider: 'public-security',
      consumer: 'housing',
      service: household.id,
      staff: { id: 'staff/officer', role: 'officer' },
      registry: '00',
    },
    { agreement: { id: 'second', version: 1 } },
  ]);
});

t.test('defaults are filled, pins are those of now, and the entry’s digest is of exactly what is stored', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  const { limits: _limits, ...unlimited } = document();
  await importAgreements([unlimited], officer(), replica);
  const [stored] = (await readAgreements(store.pool)).agreements;
  t.match(stored, { constraints: [], limits: {}, pins: { contract: 'c0', mapping: 'a0', sharing: 'conditional' } });
  const { version: _version, state: _state, id: _id, ...terms } = { ...stored };
  const [entry] = await agreementEntries(store.pool);
  t.equal(entry?.terms, createHash('sha256').update(canonicalText(terms)).digest('hex'));
});

t.test('an import of what is there already changes nothing and appends nothing', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  await importAgreements([document()], officer(), replica);
  const again = await importAgreements([document()], officer(), replica);
  t.match(again, { agreements: [{ result: 'unchanged', agreement: { version: 1 } }], committed: undefined });
  t.equal((await agreementEntries(store.pool)).length, 1);
  const mixed = await importAgreements([document(), document({ id: 'new' })], officer(), replica);
  t.match(mixed, { agreements: [{ result: 'unchanged' }, { result: 'made' }] });
  t.equal((await agreementEntries(store.pool)).length, 2);
});

t.test('other terms make the next version, and every version is kept', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  await importAgreements([document()], officer(), replica);
  const changed = await importAgreements([document({ fields: [{ path: 'residentId' }] })], officer(), replica);
  t.match(changed, { agreements: [{ result: 'changed', agreement: { version: 2 } }], committed: { version: 2 } });
  const history = await readHistory(store.pool, 'housing-household');
  t.match(history, [
    { agreement: { version: 2, fields: [{ path: 'residentId' }] }, action: 'import' },
    { agreement: { version: 1, fields: [{ path: 'residentId' }, { path: 'members[].birthDate' }] } },
  ]);
  t.same(replica.index.current().of('housing', household.id)[0]?.paths, ['residentId']);
});

t.test('an import with a fault imports nothing and names every fault by its place', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  const found = await importAgreements(
    [document(), document({ id: 'b', fields: [{ path: 'salary' }] }), document({ id: 'c', purposes: ['curiosity'] })],
    officer(),
    replica,
  );
  t.match(found, {
    code: 'STILE_AGREEMENT_INVALID',
    violations: [{ pointer: '/agreements/1/fields/0/path' }, { pointer: '/agreements/2/purposes/0' }],
  });
  const twice = await importAgreements([document(), document()], officer(), replica);
  t.match(twice, { code: 'STILE_AGREEMENT_INVALID', violations: [{ pointer: '/agreements/1/id' }] });
  const services = new Map([[household.id, { ...household, sharing: 'withheld' as const }]]);
  store.registry = registryOf({ services });
  t.match(await importAgreements([document()], officer(), replica), {
    violations: [{ pointer: '/agreements/0/service' }],
  });
  t.same((await readAgreements(store.pool)).agreements, []);
  t.same(await agreementEntries(store.pool), []);
});

t.test('an import takes as many as fit in one append, and no more', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  const many = Array.from({ length: mostChanges }, (_, at) => document({ id: `agreement-${at}` }));
  const tooMany = await importAgreements([...many, document()], officer(), replica);
  t.match(tooMany, { code: 'STILE_AGREEMENT_INVALID', violations: [{ pointer: '/agreements' }] });
  t.notOk(isExit(await importAgreements(many, officer(), replica)));
  t.equal((await agreementEntries(store.pool)).length, mostChanges);
  t.equal(replica.index.current().of('housing', household.id).length, mostChanges);
});

t.test('what the table cannot hold is a fault, not a crash', async t => {
  const store = await openAgreements(t);
  const constraints = [{ kind: 'one-of', field: 'office', values: ['a\0b'] }];
  const found = await importAgreements([document({ constraints })], officer(), await store.replica());
  t.match(found, { code: 'STILE_AGREEMENT_INVALID', violations: [{ pointer: '/agreements/0' }] });
});

t.test('an agreement keeps its parties', async t => {
  const departments = new Map(registryOf().departments);
  const [housing] = departments.values();
  if (housing === undefined) throw new Error('the sample has departments');
  const store = await openAgreements(t);
  store.registry = registryOf({ departments: departments.set('taxation', { ...housing, id: 'taxation' }) });
  const replica = await store.replica();
  await importAgreements([document()], officer(), replica);
  const found = await importAgreements([document({ consumer: 'taxation', clients: undefined })], officer(), replica);
  t.match(found, { code: 'STILE_AGREEMENT_INVALID', violations: [{ pointer: '/agreements/0/consumer' }] });
});

t.test('an officer of a department changes only what that department provides', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  t.match(await importAgreements([document()], officer('housing'), replica), { code: 'STILE_AGREEMENT_PROVIDER' });
  await importAgreements([document()], officer('public-security'), replica);
  const id = 'housing-household';
  t.match(await act('suspend', id, 'x', officer('housing'), replica), { code: 'STILE_AGREEMENT_PROVIDER' });
  t.match(await act('suspend', id, 'x', officer('public-security'), replica), { agreement: { state: 'suspended' } });
});

t.test('suspend, resume and end, with the reason beside the ledger and its digest in the entry', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  const state = () => replica.index.current().of('housing', household.id)[0]?.state;
  await importAgreements([document()], officer(), replica);
  const id = 'housing-household';
  const suspended = await act('suspend', id, '张三 complained', officer(), replica);
  t.match(suspended, {
    agreement: { version: 2, state: 'suspended' },
    committed: { version: 2, positions: [{ index: 1 }] },
  });
  t.equal(state(), 'suspended');
  t.match(await act('suspend', id, 'again', officer(), replica), { code: 'STILE_AGREEMENT_STATE' });
  t.match(await act('consent', id, 'no', officer(), replica), { code: 'STILE_AGREEMENT_STATE' });
  await importAgreements([document({ limits: {} })], officer(), replica);
  t.equal(state(), 'suspended', 'new terms do not revive it');
  t.match(await act('resume', id, 'settled', officer(), replica), { agreement: { version: 4, state: 'active' } });
  t.equal(state(), 'active');
  await act('end', id, 'over', officer(), replica);
  t.equal(state(), undefined);
  t.match(await act('resume', id, 'no', officer(), replica), { code: 'STILE_AGREEMENT_STATE' });
  t.match(await importAgreements([document()], officer(), replica), {
    code: 'STILE_AGREEMENT_STATE',
    violations: [{ pointer: '/agreements/0/id' }],
  });
  const same = await importAgreements([document({ limits: {} })], officer(), replica);
  t.match(same, { agreements: [{ result: 'unchanged', state: 'ended' }] });

  const history = await readHistory(store.pool, id);
  const { rows: texts } = await store.pool.query('SELECT id, text FROM ledger_texts');
  const whyOf = (entry: string) => texts.find(each => each.id === entry)?.text;
  t.same(
    history.map(({ action, entry }) => [action, whyOf(entry)]),
    [
      ['end', 'over'],
      ['resume', 'settled'],
      ['import', undefined],
      ['suspend', '张三 complained'],
      ['import', undefined],
    ],
  );
  const entries = await agreementEntries(store.pool);
  t.notMatch(JSON.stringify(entries), /张三/);
  t.match(entries[1], { action: 'suspend', state: 'suspended', text: /^[\w-]{43}$/ });
  t.same(
    history.map(each => each.entry),
    entries.map(each => each.id).toReversed(),
  );
});

t.test('an agreement whose pins have moved waits until its provider consents', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  await importAgreements([document()], officer(), replica);
  store.registry = registryOf({ services: new Map([[household.id, { ...household, mapping: 'a1' }]]) });
  replica.index.adopt(store.registry);
  const state = () => replica.index.current().of('housing', household.id)[0]?.state;
  t.equal(state(), 'waiting');
  t.match(await importAgreements([document()], officer(), replica), {
    agreements: [{ result: 'unchanged', state: 'waiting' }],
  });
  const consented = await act('consent', 'housing-household', 'checked the mapping', officer(), replica);
  t.match(consented, { agreement: { version: 2, state: 'active', pins: { mapping: 'a1' } } });
  t.equal(state(), 'active');
});

t.test('there is no consent to terms that no longer fit', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  await importAgreements([document()], officer(), replica);
  const fields = new Map([...household.contract.reply.fields].filter(([path]) => !path.startsWith('members')));
  const contract = { ...household.contract, digest: 'c1', reply: { ...household.contract.reply, fields } };
  store.registry = registryOf({ services: new Map([[household.id, { ...household, contract }]]) });
  const found = await act('consent', 'housing-household', 'fine', officer(), replica);
  t.match(found, { code: 'STILE_AGREEMENT_INVALID', violations: [{ pointer: '/fields/1/path' }] });
  t.equal((await readHistory(store.pool, 'housing-household')).length, 1);
});

t.test('an unknown agreement', async t => {
  const store = await openAgreements(t);
  t.match(await act('end', 'nobody', 'x', officer(), await store.replica()), { code: 'STILE_AGREEMENT_UNKNOWN' });
});

t.test('of changes at once each is made on the one before it, and one of two contrary ones is refused', async t => {
  const store = await openAgreements(t, 2);
  const replicas = [await store.replica(), await store.replica()] as const;
  await importAgreements([document()], officer(), replicas[0]);
  const id = 'housing-household';
  const both = await Promise.all(replicas.map(replica => act('suspend', id, 'now', officer(), replica)));
  t.equal(both.filter(isExit).length, 1);
  t.match(both.find(isExit), { code: 'STILE_AGREEMENT_STATE' });
  const imports = Array.from({ length: 6 }, (_, day) =>
    importAgreements([document({ limits: { day: day + 1 } })], officer(), day % 2 === 0 ? replicas[0] : replicas[1]),
  );
  t.same((await Promise.all(imports)).filter(isExit), []);
  const versions = (await readHistory(store.pool, id)).map(({ agreement }) => agreement.version);
  t.same(versions, [8, 7, 6, 5, 4, 3, 2, 1]);
  t.equal((await agreementEntries(store.pool)).length, 8);
});

t.test('a change that cannot be recorded is not made', async t => {
  const store = await openAgreements(t);
  const replica = await store.replica();
  await importAgreements([document()], officer(), replica);
  await replica.ledger.close();
  t.match(await act('suspend', 'housing-household', 'x', officer(), replica), {
    code: 'STILE_RECORD_UNAVAILABLE',
    retryAfter: 1,
  });
  t.equal((await readAgreements(store.pool)).agreements[0]?.state, 'active');
});

t.test('other replicas hear of a change', async t => {
  const store = await openAgreements(t, 2);
  const one = await store.replica();
  const other = await store.replica(true);
  await importAgreements([document()], officer(), one);
  for (let wait = 0; other.index.current().version < 1 && wait < 500; wait++) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  t.equal(other.index.current().of('housing', household.id).length, 1);
});
