import t from 'tap';
import { type Agreement, agreementState } from '../../src/agreements/agreement.js';
import { compileGrant, type Grant } from '../../src/agreements/grant.js';
import { consider, decide, type Question } from '../../src/exchange/decide.js';
import { isExit } from '../../src/problem.js';
import { agreementOf, clientOf, household, registryOf } from '../agreements/sample.js';

const secret = Buffer.alloc(32, 3);
const registry = registryOf();

const grantOf = (change: Partial<Agreement> = {}): Grant => {
  const grant = compileGrant(agreementOf(change), registry, secret);
  if (grant === null) throw new Error('the sample has the service and the consumer');
  return grant;
};

const question = (change: Partial<Question> = {}): Question => ({
  client: clientOf('housing/permits'),
  purpose: 'public-rental-housing',
  tokenPurpose: undefined,
  request: { residentId: '440304198804123031', office: 'futian' },
  now: Date.parse('2026-06-01T12:00:00Z'),
  registry,
  ...change,
});

const codeOf = (found: Grant | { code: string }) => (isExit(found) ? found.code : 'granted');
const decided = (change: Partial<Question>, ...grants: Grant[]) => codeOf(decide(question(change), grants));

t.test('a call that fits gets the grant', async t => {
  const grant = grantOf();
  t.equal(decide(question(), [grant]), grant);
});

t.test('the purpose is stated or carried by the token, registered, and one', async t => {
  t.equal(decided({ purpose: undefined }, grantOf()), 'STILE_PURPOSE_MISSING');
  t.equal(decided({ purpose: undefined, tokenPurpose: 'public-rental-housing' }, grantOf()), 'granted');
  t.equal(decided({ tokenPurpose: 'public-rental-housing' }, grantOf()), 'granted');
  t.equal(decided({ tokenPurpose: 'marriage-registration' }, grantOf()), 'STILE_PURPOSE_CONFLICT');
  t.equal(decided({ purpose: 'curiosity' }, grantOf({ purposes: ['curiosity'] })), 'STILE_PURPOSE_UNKNOWN');
  t.equal(decided({ purpose: 'marriage-registration' }, grantOf()), 'STILE_AGREEMENT_PURPOSE');
});

t.test('without an agreement the answer is that there is none', async t => {
  t.equal(decided({}), 'STILE_AGREEMENT_NONE');
});

t.test('only the clients the agreement names may call, and by their whole id', async t => {
  const grant = grantOf({ clients: ['permits'] });
  t.equal(decided({}, grant), 'granted');
  t.equal(decided({ client: clientOf('housing/archive') }, grant), 'STILE_AGREEMENT_CLIENT');
  t.equal(decided({ client: clientOf('public-security/permits') }, grant), 'STILE_AGREEMENT_CLIENT');
  t.equal(decided({ client: clientOf('housing/archive') }, grantOf()), 'granted', 'no list means every client');
});

t.test('an agreement is in force from its first day to the end of its last, by days in UTC+8', async t => {
  const grant = grantOf({ from: '2026-03-01', until: '2026-03-31' });
  const at = (time: string) => decided({ now: Date.parse(time) }, grant);
  t.equal(at('2026-02-28T15:59:59.999Z'), 'STILE_AGREEMENT_NOT_YET');
  t.equal(at('2026-02-28T16:00:00.000Z'), 'granted');
  t.equal(at('2026-03-31T15:59:59.999Z'), 'granted');
  t.equal(at('2026-03-31T16:00:00.000Z'), 'STILE_AGREEMENT_EXPIRED');
});

t.test('a date that is none never lets a call through', async t => {
  t.equal(decided({}, grantOf({ from: 'yesterday' })), 'STILE_AGREEMENT_NOT_YET');
  t.equal(decided({}, grantOf({ until: 'never' })), 'STILE_AGREEMENT_EXPIRED');
});

t.test('a suspended agreement and one whose pins have moved let nothing through', async t => {
  t.equal(decided({}, grantOf({ state: agreementState.suspended })), 'STILE_AGREEMENT_SUSPENDED');
  t.equal(decided({}, grantOf({ state: agreementState.waiting })), 'STILE_AGREEMENT_WAITING');
  const { pins } = agreementOf();
  for (const moved of [{ contract: 'c1' }, { mapping: 'a1' }, { sharing: 'unconditional' }]) {
    t.equal(decided({}, grantOf({ pins: { ...pins, ...moved } })), 'STILE_AGREEMENT_WAITING', JSON.stringify(moved));
  }
  const both = grantOf({ state: agreementState.suspended, pins: { ...pins, contract: 'c1' } });
  t.equal(decided({}, both), 'STILE_AGREEMENT_SUSPENDED', 'the provider suspended it: consent alone would not help');
});

t.test('a request must keep the constraints, and the answer names field and rule but no value', async t => {
  const own = grantOf({ constraints: [{ kind: 'own-division', field: 'residentId' }] });
  t.equal(decided({}, own), 'granted');
  const found = decide(question({ request: { residentId: '110101199003070134' } }), [own]);
  t.match(found, { code: 'STILE_CONSTRAINT', violations: [{ pointer: '/residentId', keyword: 'own-division' }] });
  t.notMatch(JSON.stringify(found), /110101/);
  const office = grantOf({ constraints: [{ kind: 'one-of', field: 'office', values: ['luohu', 'nanshan'] }] });
  t.match(decide(question(), [office]), { violations: [{ pointer: '/office', keyword: 'one-of' }] });
});

t.test('of several agreements the first that fits decides', async t => {
  const other = grantOf({ id: 'a', purposes: ['marriage-registration'] });
  const first = grantOf({ id: 'b' });
  const second = grantOf({ id: 'c' });
  t.equal(decide(question(), [other, first, second]), first);
});

t.test('of several that do not fit the one that came closest is told of, wherever it stands', async t => {
  const pins = { contract: 'x', mapping: 'x', sharing: 'x' };
  const ladder = [
    grantOf({ purposes: ['marriage-registration'] }),
    grantOf({ clients: ['archive'] }),
    grantOf({ from: '2027-01-01', until: '2027-12-31' }),
    grantOf({ from: '2025-01-01', until: '2025-12-31' }),
    grantOf({ state: agreementState.suspended }),
    grantOf({ pins }),
    grantOf({ constraints: [{ kind: 'one-of', field: 'office', values: ['luohu'] }] }),
  ];
  const codes = [
    'STILE_AGREEMENT_PURPOSE',
    'STILE_AGREEMENT_CLIENT',
    'STILE_AGREEMENT_NOT_YET',
    'STILE_AGREEMENT_EXPIRED',
    'STILE_AGREEMENT_SUSPENDED',
    'STILE_AGREEMENT_WAITING',
    'STILE_CONSTRAINT',
  ];
  for (const [at, code] of codes.entries()) {
    const upTo = ladder.slice(0, at + 1);
    t.equal(decided({}, ...upTo), code);
    t.equal(decided({}, ...upTo.toReversed()), code);
  }
});

t.test('what was considered says of each agreement what decide saw', async t => {
  const grants = [grantOf({ id: 'a', clients: ['archive'], version: 4 }), grantOf({ id: 'b' })];
  t.same(consider(question(), grants), [
    { agreement: 'a', version: 4, verdict: 'STILE_AGREEMENT_CLIENT' },
    { agreement: 'b', version: 1, verdict: undefined },
  ]);
  t.same(consider(question({ purpose: undefined }), grants), []);
});

t.test('an agreement over a service or a consumer the registry no longer has grants nothing', async t => {
  t.equal(compileGrant(agreementOf({ service: 'public-security/gone/v1' }), registry, secret), null);
  t.equal(compileGrant(agreementOf({ consumer: 'gone' }), registry, secret), null);
});

t.test('a grant is frozen and carries what the record and the limits need', async t => {
  const grant = grantOf({ limits: { second: 5 }, fields: [{ path: 'residentId' }, { path: 'members[].name' }] });
  t.ok(Object.isFrozen(grant));
  t.same(grant.paths, ['residentId', 'members[].name']);
  t.match(grant.agreement, { id: 'housing-household', version: 1, limits: { second: 5 }, service: household.id });
});
