/** What a changed config comes to: each thing that moves, for whom, and why, by names alone. */
import t from 'tap';
import { agreementState } from '../../src/agreements/agreement.js';
import { consequencesOf, liveAgreements, summaryOf } from '../../src/configuration/consequence.js';
import type { ServiceBroken } from '../../src/registry/contract-change/judge-contracts.js';
import type { AdapterConfig, Registry, Service } from '../../src/registry/registry.js';
import { agreementOf, clientOf, household, registryOf } from '../agreements/sample.js';

const running = registryOf();
const now = Date.parse('2026-06-01T00:00:00Z');
const granted = agreementOf({ clients: ['permits'] });

const after = (change: Partial<Registry>, agreements = [granted], broken: readonly ServiceBroken[] = []) =>
  consequencesOf(running, registryOf(change), agreements, broken, now);
const withService = (change: Partial<Service>): Partial<Registry> => ({
  services: new Map([[household.id, { ...household, ...change }]]),
});

t.test('the same config comes to nothing', async t => {
  t.same(after({ digest: '01' }), []);
});

t.test('what is new or gone', async t => {
  const archive = { ...household, id: 'public-security/archive/v1' };
  const services = new Map([...running.services, [archive.id, archive]]);
  t.same(after({ services }), [{ thing: 'service', id: archive.id, effect: 'gains', why: [{ reason: 'added' }] }]);
  t.same(after({ departments: new Map([...running.departments].slice(0, 1)) }, []), [
    { thing: 'department', id: 'public-security', effect: 'loses', why: [{ reason: 'removed' }] },
  ]);
  t.same(after({ clients: new Map([...running.clients, ['housing/register', clientOf('housing/register')]]) }), [
    { thing: 'client', id: 'housing/register', effect: 'gains', why: [{ reason: 'added' }] },
  ]);
});

t.test('of a setting the smallest part is told, and whether it takes a restart', async t => {
  const { settings } = running;
  const moved = {
    ...settings,
    exchange: { ...settings.exchange, hopLimit: 4 },
    ledger: { ...settings.ledger, queue: 9 },
  };
  t.same(after({ settings: moved }), [
    { thing: 'setting', id: '/exchange/hopLimit', effect: 'changes', why: [] },
    { thing: 'setting', id: '/ledger/queue', effect: 'changes', why: [{ reason: 'restart' }] },
  ]);
});

t.test('of a thing that says something else, the members', async t => {
  const title = { zh: '户籍', en: 'Household register' };
  t.same(after(withService({ title, deadline: 2000 })), [
    {
      thing: 'service',
      id: household.id,
      effect: 'changes',
      why: [
        { reason: 'member', of: 'title' },
        { reason: 'member', of: 'deadline' },
      ],
    },
  ]);
});

t.test('an adapter by its settings, or by what its references lead to where the files say the same', async t => {
  const adapter = { ...(household.adapter as AdapterConfig), settings: { apiKey: 'renewed' } };
  t.same(after(withService({ adapter })), [
    { thing: 'adapter', id: adapter.id, effect: 'changes', why: [{ reason: 'reference' }] },
  ]);
  const [found] = after(withService({ adapter, mapping: 'a1' }));
  t.same(found, {
    thing: 'adapter',
    id: adapter.id,
    effect: 'changes',
    why: [{ reason: 'member', of: 'settings' }],
  });
  t.notMatch(JSON.stringify(found), 'renewed');
});

t.test('an agreement whose mapping moved waits, and its consumer loses the service', async t => {
  t.same(after(withService({ mapping: 'a1' })), [
    { thing: 'service', id: household.id, effect: 'changes', why: [{ reason: 'member', of: 'mapping' }] },
    { thing: 'agreement', id: granted.id, effect: 'loses', why: [{ reason: 'waits' }] },
    { thing: 'consumer', id: 'housing', effect: 'loses', why: [{ reason: 'service', of: household.id }] },
  ]);
});

t.test('an agreement whose pins are met again is in force again', async t => {
  const stale = agreementOf({ pins: { ...granted.pins, mapping: 'a1' } });
  t.same(after(withService({ mapping: 'a1' }), [stale]).slice(1), [
    { thing: 'agreement', id: stale.id, effect: 'gains', why: [{ reason: 'resumes' }] },
    { thing: 'consumer', id: 'housing', effect: 'gains', why: [{ reason: 'service', of: household.id }] },
  ]);
});

t.test('an agreement loses the purposes and clients that are gone', async t => {
  const found = after({
    purposes: new Map([...running.purposes].slice(1)),
    clients: new Map([...running.clients].slice(1)),
  });
  t.same(
    found.find(({ thing }) => thing === 'agreement'),
    {
      thing: 'agreement',
      id: granted.id,
      effect: 'loses',
      why: [
        { reason: 'purpose', of: 'public-rental-housing' },
        { reason: 'client', of: 'permits' },
      ],
    },
  );
});

t.test('a contract that breaks is told of the service, the agreement and its consumer, by rule and field', async t => {
  const broken: ServiceBroken = {
    service: household.id,
    rule: 'reply-values',
    half: 'reply',
    field: 'address',
    at: { id: 'reply', pointer: '/properties/address' },
    agreements: [granted.id],
  };
  const contract = { ...household.contract, digest: 'c1' };
  const of = 'reply-values address';
  t.same(after(withService({ contract }), [granted], [broken]), [
    {
      thing: 'service',
      id: household.id,
      effect: 'breaks',
      why: [
        { reason: 'contract', of },
        { reason: 'member', of: 'contract' },
      ],
    },
    { thing: 'agreement', id: granted.id, effect: 'breaks', why: [{ reason: 'contract', of }] },
    { thing: 'consumer', id: 'housing', effect: 'breaks', why: [{ reason: 'service', of: household.id }] },
  ]);
});

t.test('agreements that are over are touched by nothing, and the last day counts to its end in UTC+8', async t => {
  const last = agreementOf({ until: '2026-06-01' });
  const ended = agreementOf({ state: agreementState.ended });
  t.same(liveAgreements([last, ended], Date.parse('2026-06-01T15:59:59.999Z')), [last]);
  t.same(liveAgreements([last, ended], Date.parse('2026-06-01T16:00:00Z')), []);
});

t.test('the summary counts each thing by its effect', async t => {
  const found = after(withService({ mapping: 'a1', title: { zh: '户籍', en: 'Register' } }));
  t.same(summaryOf(found), { service: { changes: 1 }, agreement: { loses: 1 }, consumer: { loses: 1 } });
  t.same(summaryOf([]), {});
});
