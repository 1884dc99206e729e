/** What a changed part comes to for the services that are made of it, and for whoever has both. */
import t from 'tap';
import { consequencesOf } from '../../src/configuration/consequence.js';
import type { ServiceBroken } from '../../src/registry/contract-change/judge-contracts.js';
import type { Registry, Service } from '../../src/registry/registry.js';
import { agreementOf, household, registryOf } from '../agreements/sample.js';

/** One matter, made of another, which is made of the household. */
const inner: Service = madeOf('public-security/inner/v1', household.id);
const matter: Service = madeOf('public-security/matter/v1', inner.id);

function madeOf(id: string, service: string): Service {
  return { ...household, id, mapping: `mapping of ${id}`, parts: [{ step: 'one', service, isNeeded: true }] };
}

const withServices = (...changed: readonly Service[]): Registry => {
  const all = [household, inner, matter, ...changed].map(service => [service.id, service] as const);
  return registryOf({ services: new Map(all) });
};
const running = withServices();
const now = Date.parse('2026-06-01T00:00:00Z');
const part = agreementOf({ id: 'part' });
const whole = agreementOf({ id: 'whole', service: matter.id, pins: { ...part.pins, mapping: matter.mapping } });

/** `thing id effect: reason of, …` of each. */
const told = (next: Registry, agreements = [part, whole], broken: readonly ServiceBroken[] = []): string[] =>
  consequencesOf(running, next, agreements, broken, now).map(
    ({ thing, id, effect, why }) =>
      `${thing} ${id} ${effect}: ${why.map(({ reason, of = '' }) => `${reason} ${of}`.trim()).join(', ')}`,
  );

t.test('a part whose agreement waits: who has the whole loses that part of it', async t => {
  t.strictSame(told(withServices({ ...household, mapping: 'a1' })), [
    `service ${household.id} changes: member mapping`,
    `service ${inner.id} changes: part ${household.id}`,
    `service ${matter.id} changes: part ${household.id}`,
    'agreement part loses: waits',
    `agreement whole loses: part ${household.id}`,
    `consumer housing loses: service ${household.id}, service ${matter.id}`,
  ]);
});

t.test('a title of a part is nothing to the whole', async t => {
  const title = { zh: '户籍', en: 'Household register' };
  t.strictSame(told(withServices({ ...household, title })), [`service ${household.id} changes: member title`]);
});

t.test('another agreement for the part, for the same purpose, is as good', async t => {
  const next = withServices({ ...household, mapping: 'a1' });
  const second = agreementOf({ id: 'second', pins: { ...part.pins, mapping: 'a1' } });
  const lines = told(next, [part, second, whole]);
  t.notOk(lines.some(line => line.startsWith('agreement whole')));
  const other = agreementOf({ ...second, purposes: ['another-purpose'] });
  t.ok(
    told(next, [part, other, whole]).includes(`agreement whole loses: part ${household.id}`),
    'for another it is not',
  );
  const foreign = agreementOf({ ...second, consumer: 'public-security' });
  t.ok(
    told(next, [part, foreign, whole]).includes(`agreement whole loses: part ${household.id}`),
    'nor is somebody else’s',
  );
});

t.test('a part that comes back is gained', async t => {
  const stale = agreementOf({ id: 'part', pins: { ...part.pins, mapping: 'a1' } });
  const lines = told(withServices({ ...household, mapping: 'a1' }), [stale, whole]);
  t.ok(lines.includes(`agreement whole gains: part ${household.id}`), lines.join('\n'));
});

t.test('a part whose contract breaks, breaks the whole for whoever has both', async t => {
  const changed = { ...household, contract: { ...household.contract, digest: 'c1' } };
  const broken = [
    { service: household.id, rule: 'reply-values', field: 'address', agreements: ['part'] } as unknown as ServiceBroken,
  ];
  const lines = told(withServices(changed), [part, whole], broken);
  t.strictSame(lines.slice(1, 3), [
    `service ${inner.id} breaks: part ${household.id}`,
    `service ${matter.id} breaks: part ${household.id}`,
  ]);
  t.ok(lines.includes(`agreement whole breaks: part ${household.id}`), lines.join('\n'));
});

t.test('a service that has effects from now on breaks whoever calls it', async t => {
  const lines = told(withServices({ ...inner, safe: false }), [
    agreementOf({ ...whole, id: 'inner', service: inner.id }),
  ]);
  t.ok(lines.includes(`service ${inner.id} breaks: effects, member safe`), lines.join('\n'));
  t.ok(lines.some(line => line.startsWith('agreement inner breaks: effects')));
  t.ok(lines.includes(`consumer housing breaks: service ${inner.id}`));
  const back = consequencesOf(withServices({ ...inner, safe: false }), running, [], [], now);
  t.match(back, [{ thing: 'service', effect: 'changes', why: [{ reason: 'member', of: 'safe' }] }]);
});
