/** Reference data that config declares is asked for once in a while; every call is still decided, cut to its grant and recorded. */
import t from 'tap';
import { ReplyCache } from '../../src/exchange/reply-cache.js';
import type { CompiledSchema, Registry, Service } from '../../src/registry/registry.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { household } from '../agreements/sample.js';
import { openGateway, withoutCounting } from '../gateway.js';
import { refusedWith } from '../refusal.js';

const service = 'civil-affairs/marriage-status/v1';
const { married, unmarried } = sampleResidents;
const minute = 60_000;

/** The register as if it were about nobody, and said nothing of the time its data was true. */
const asReference = (registry: Registry): Registry => {
  const found = registry.services.get(service);
  if (found === undefined) throw new Error('there is no such service');
  const aboutNobody = (schema: CompiledSchema): CompiledSchema => ({ ...schema, subjects: [] });
  const { contract, ask } = found;
  const { asOf: _, ...timeless } = ask;
  const changed: Service = {
    ...found,
    ask: timeless,
    contract: { ...contract, request: aboutNobody(contract.request), reply: aboutNobody(contract.reply) },
    cacheLife: minute,
  };
  return withoutCounting({ ...registry, services: new Map([...registry.services, [service, changed]]) });
};

t.test('a kept reply answers the same request, and its record says where it comes from', async t => {
  let ahead = 0;
  const gateway = await openGateway(t, { change: asReference, now: () => Date.now() + ahead });
  const { civilAffairs } = gateway.departments;
  const first = await gateway.exchange(service, { residentId: married.residentId });
  t.equal(first.status, 200, first.text);
  t.equal(first.headers.get('stile-as-of'), null, 'the department does not say');
  const asked = await gateway.entry(first.record);
  t.match(asked, { asked: true, outcome: 'released' });
  t.notHas(asked, { cached: /./ });

  ahead = 1500;
  const again = await gateway.exchange(service, ` { "residentId" : "${married.residentId}" } `);
  t.equal(again.text, first.text);
  t.equal(civilAffairs.asked().length, 1);
  t.match(await gateway.entry(again.record), {
    asked: false,
    outcome: 'released',
    cached: asked.id,
    fields: asked.fields,
    agreement: asked.agreement,
  });
  const age = Date.parse(String((await gateway.entry(again.record)).time)) - Date.parse(asOf(again));
  t.ok(age >= 1500 && age < minute, `it is ${age} ms old`);

  t.equal((await gateway.exchange(service, { residentId: unmarried.residentId })).status, 200);
  t.equal(civilAffairs.asked().length, 2, 'another request is another question');
  const stranger = await gateway.exchange(
    service,
    { residentId: married.residentId },
    { 'stile-purpose': 'marriage-registration' },
  );
  await refusedWith(t, gateway, stranger, 'STILE_AGREEMENT_PURPOSE', { asked: false });
});

const asOf = ({ headers }: { headers: Headers }): string => headers.get('stile-as-of') ?? '';

t.test('neither failures nor replies that break the contract are kept', async t => {
  const gateway = await openGateway(t, { change: asReference });
  const { civilAffairs } = gateway.departments;
  for (const misbehaviour of [{ kind: 'status', status: 500 }, { kind: 'missing-field' }] as const) {
    civilAffairs.misbehave(misbehaviour);
    t.equal((await gateway.exchange(service, { residentId: married.residentId })).status, 502, misbehaviour.kind);
  }
  civilAffairs.misbehave(null);
  const good = await gateway.exchange(service, { residentId: married.residentId });
  t.equal(good.status, 200);
  t.match(await gateway.entry(good.record), { asked: true });
});

t.test('it holds so much and no more, the least used goes first, and nothing that it gave can be changed', async t => {
  const one: Service = { ...household, cacheLife: minute };
  const answer = { body: { text: 'x'.repeat(400) }, asOf: '2026-01-01T00:00:00Z' };
  const cache = new ReplyCache(1100);
  const by = { id: 'a', now: 0 };
  for (const n of [1, 2]) cache.keep(one, { n }, answer, by);
  t.strictSame(cache.find(one, { n: 1 }, 0)?.answer, answer);
  cache.keep(one, { n: 3 }, answer, by);
  t.equal(cache.find(one, { n: 2 }, 0), undefined, 'it was used least');
  t.strictSame(cache.find(one, { n: 1 }, minute - 1)?.answer, answer);
  t.equal(cache.find(one, { n: 1 }, minute), undefined);
  t.ok(cache.find(one, { n: 3 }, 0));
  cache.keep(one, { n: 4 }, { body: 'x'.repeat(2000) }, by);
  t.equal(cache.find(one, { n: 4 }, 0), undefined, 'larger than all there is room for');
  t.ok(cache.find(one, { n: 3 }, 0));
  t.throws(() => Object.assign(cache.find(one, { n: 3 }, 0)?.answer.body as object, { text: '' }));
  cache.keep(household, { n: 5 }, answer, by);
  t.equal(cache.find(household, { n: 5 }, 0), undefined, 'a service that does not declare it');
});
