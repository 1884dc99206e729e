import t from 'tap';
import { agreementState } from '../../src/agreements/agreement.js';
import { openAgreementIndex, type ReadAgreements } from '../../src/agreements/agreement-index.js';
import { agreementOf, household, registryOf } from './sample.js';

const secret = Buffer.alloc(32);
const registry = registryOf();

/** A store whose reads are let go one by one. */
function gatedStore(first: ReadAgreements) {
  let content = first;
  let open = true;
  const waiting: (() => void)[] = [];
  const counts = { reads: 0 };
  return {
    counts,
    /** What is read is what the store held when the read began. */
    async read(): Promise<ReadAgreements> {
      counts.reads += 1;
      const seen = content;
      if (!open) await new Promise<void>(resolve => waiting.push(resolve));
      return seen;
    },
    set(next: ReadAgreements) {
      content = next;
    },
    shut() {
      open = false;
    },
    release() {
      open = true;
      for (const go of waiting.splice(0)) go();
    },
  };
}

const of = (version: number, ...agreements: ReturnType<typeof agreementOf>[]): ReadAgreements => ({
  version,
  agreements,
});

t.test('grants are found by consumer and service, in the order of ids, without ended ones', async t => {
  const index = await openAgreementIndex({
    read: async () =>
      of(7, agreementOf({ id: 'b' }), agreementOf({ id: 'a' }), agreementOf({ id: 'c', state: agreementState.ended })),
    registry,
    secret,
  });
  const grants = index.current();
  t.equal(grants.version, 7);
  t.same(
    grants.of('housing', household.id).map(grant => grant.agreement.id),
    ['a', 'b'],
  );
  t.same(grants.of('housing', 'public-security/other/v1'), []);
  t.same(grants.of('civil-affairs', household.id), []);
});

t.test('only what changed is compiled again', async t => {
  const store = gatedStore(of(1, agreementOf({ id: 'a' }), agreementOf({ id: 'b' })));
  const index = await openAgreementIndex({ read: store.read, registry, secret });
  const [a, b] = index.current().of('housing', household.id);
  store.set(of(2, agreementOf({ id: 'a' }), agreementOf({ id: 'b', version: 2, state: agreementState.suspended })));
  const [a2, b2] = (await index.refresh(2)).of('housing', household.id);
  t.equal(a2, a);
  t.not(b2, b);
  t.equal(b2?.state, agreementState.suspended);
});

t.test('nothing is read when the version held is late enough', async t => {
  const store = gatedStore(of(3));
  const index = await openAgreementIndex({ read: store.read, registry, secret });
  await index.refresh(3);
  t.equal(store.counts.reads, 1);
});

t.test('callers share one read', async t => {
  const store = gatedStore(of(1));
  const index = await openAgreementIndex({ read: store.read, registry, secret });
  store.set(of(2));
  store.shut();
  const all = Promise.all(Array.from({ length: 50 }, () => index.refresh(2)));
  store.release();
  t.ok((await all).every(grants => grants.version === 2));
  t.equal(store.counts.reads, 2);
});

t.test('a read that began before the change is not taken for an answer', async t => {
  const store = gatedStore(of(1));
  const index = await openAgreementIndex({ read: store.read, registry, secret });
  store.shut();
  const early = index.refresh();
  store.set(of(2, agreementOf()));
  const late = index.refresh(2);
  const unversioned = index.refresh();
  store.release();
  t.equal((await early).version, 1);
  t.equal((await late).version, 2);
  t.equal((await unversioned).version, 2);
  t.equal(store.counts.reads, 3);
});

t.test('a read that fails is its callers’ to know, keeps the old grants, and the next one is made anew', async t => {
  let fails = false;
  const index = await openAgreementIndex({
    read: async () => {
      if (fails) throw new Error('the store is away');
      return of(1, agreementOf());
    },
    registry,
    secret,
  });
  fails = true;
  await t.rejects(index.refresh(2), /the store is away/);
  t.equal(index.current().of('housing', household.id).length, 1);
  fails = false;
  t.equal((await index.refresh()).version, 1);
});

t.test('another registry makes grants of the same agreements anew: moved pins make them wait', async t => {
  const index = await openAgreementIndex({ read: async () => of(1, agreementOf()), registry, secret });
  t.equal(index.current().of('housing', household.id)[0]?.state, agreementState.active);
  index.adopt(registryOf({ services: new Map([[household.id, { ...household, mapping: 'a1' }]]) }));
  t.equal(index.current().of('housing', household.id)[0]?.state, agreementState.waiting);
  t.equal(index.current().version, 1);
  index.adopt(registryOf({ services: new Map() }));
  t.same(index.current().of('housing', household.id), []);
  index.adopt(registry);
  t.equal(index.current().of('housing', household.id)[0]?.state, agreementState.active);
});

t.test('agreements are found by a test, ended ones too', async t => {
  const ended = agreementOf({ id: 'b', consumer: 'civil-affairs', state: agreementState.ended });
  const index = await openAgreementIndex({
    read: async () => of(1, agreementOf({ id: 'a' }), ended),
    registry,
    secret,
  });
  t.same(await index.where({ test: ({ consumer }) => consumer === 'civil-affairs' }), [ended]);
  const among = async (...departments: string[]) =>
    (await index.where({ departments: new Set(departments), test: () => true })).map(({ id }) => id).toSorted();
  t.same(await among('civil-affairs'), ['b'], 'by the consumer');
  t.same(await among('public-security'), ['a', 'b'], "by the service's department");
  t.same(await among('elsewhere'), []);
  t.equal(index.isEmpty(), false);
  const empty = await openAgreementIndex({ read: async () => of(0), registry, secret });
  t.equal(empty.isEmpty(), true);
});

t.test('all that is read anew takes the place of all there was: what the store has no more is gone', async t => {
  const store = gatedStore(of(2, agreementOf({ id: 'a' }), agreementOf({ id: 'b', version: 2 })));
  const index = await openAgreementIndex({ read: store.read, registry, secret });
  store.set(of(3, agreementOf({ id: 'b', version: 2, purposes: ['another-purpose'] })));
  const grants = (await index.refresh()).of('housing', household.id);
  t.same(
    grants.map(({ agreement: { id, purposes } }) => [id, purposes]),
    [['b', ['another-purpose']]],
    'though its version is one that was known',
  );
});

t.test('of more consumers than are at hand, each has its grants', async t => {
  const consumers = Array.from({ length: 600 }, (_, at) => `consumer-${at}`);
  const department = registry.departments.get('housing');
  const many = registryOf({
    departments: new Map(consumers.map(id => [id, { ...department, id } as NonNullable<typeof department>])),
  });
  const agreements = consumers.map(consumer => agreementOf({ id: `of-${consumer}`, consumer }));
  const index = await openAgreementIndex({ read: async () => of(1, ...agreements), registry: many, secret });
  for (const round of [1, 2]) {
    for (const consumer of consumers) {
      const [grant] = index.current().of(consumer, household.id);
      if (grant?.agreement.id !== `of-${consumer}`) t.fail(`${consumer} in round ${round}`);
    }
  }
  t.equal(index.current().of('consumer-7', household.id).length, 1);
});
