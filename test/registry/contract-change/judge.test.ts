/** Each rule finds what it is for, in its direction only, and points to it; what keeps every promise breaks nothing. */
import t, { type Test } from 'tap';
import { changeRules } from '../../../src/registry/contract-change/change-rule.js';
import { contractsOf, judgeContracts, touches } from '../../../src/registry/contract-change/judge-contracts.js';
import { pageOf } from '../../documents.js';
import { closed, identifier, somebody, withSchemas } from '../own-contract.js';
import { changes, of } from './changes.js';

const service = 'civil-affairs/marriage-status/v1';
const text = { type: 'string' };
const example = { examples: [{}] };

/** An example that each of the changed schemas accepts. */
const exemplified = (schema: object) => ({
  ...schema,
  examples: [JSON.stringify(schema).includes('required') ? { a: 'x' } : {}],
});

async function contracts(t: Test, request: object, reply: object) {
  const { registry, faults } = await withSchemas(t, { request, reply });
  if (registry === undefined) throw new Error(JSON.stringify(faults));
  return contractsOf(registry);
}

/** The rules broken, each with its field, when the same change is made to the request and to the reply. */
async function broken(t: Test, old: object, now: object): Promise<string[]> {
  const before = await contracts(t, exemplified(old), old);
  const after = await contracts(t, exemplified(now), now);
  return judgeContracts(before, after, []).map(({ rule, field }) => `${rule} ${field}`.trimEnd());
}

for (const [name, narrow, wide, widened, narrowed] of changes) {
  t.test(name, async t => {
    t.strictSame(await broken(t, narrow, wide), widened);
    t.strictSame(await broken(t, wide, narrow), narrowed);
    t.strictSame(await broken(t, narrow, { ...narrow, description: 'other words' }), []);
  });
}

t.test('another way to write the same breaks nothing', async t => {
  const reworded = of(
    { allOf: [{ type: 'string', maxLength: 3 }], type: 'string', minLength: 0 },
    { minProperties: 0 },
  );
  t.strictSame(await broken(t, of({ ...text, maxLength: 3 }), reworded), []);
  t.strictSame(await broken(t, reworded, of({ ...text, maxLength: 3 })), []);
});

t.test('whom a field names, and how sensitive it is', async t => {
  const person = { ...identifier, 'x-stile-subject': 'asked' };
  const request = closed({ a: person }, { examples: [{ a: somebody }] });
  const related = { ...identifier, 'x-stile-subject': 'related' };
  const before = await contracts(t, request, closed({ a: person, b: { ...text, 'x-stile-sensitivity': 'internal' } }));
  const after = await contracts(t, request, closed({ a: related, b: { ...text, 'x-stile-sensitivity': 'personal' } }));
  const found = judgeContracts(before, after, []);
  t.match(found, [
    { rule: 'reply-subject', field: 'a', at: { pointer: '/properties/a' } },
    { rule: 'reply-sensitivity', field: 'b', at: { pointer: '/properties/b' } },
  ]);
  t.equal(found.length, 2);
  t.strictSame(
    judgeContracts(after, before, []).map(({ rule }) => rule),
    ['reply-subject'],
    'less sensitive is no break',
  );
});

t.test('the place is that of the new contract, and the agreements are those it reaches', async t => {
  const request = of(text, example);
  const spouse = (more: object) => closed({ a: text, spouse: closed({ name: { ...text, ...more } }) });
  const before = await contracts(t, request, spouse({ maxLength: 5 }));
  const after = await contracts(t, request, spouse({ maxLength: 6 }));
  const party = (id: string, path: string) => ({ id, service, fields: [{ path }] });
  const parties = [party('whole', 'spouse'), party('part', 'spouse.name'), party('other', 'a')];
  t.match(judgeContracts(before, after, [...parties, { ...party('elsewhere', 'spouse'), service: 'x/y/v1' }]), [
    {
      service,
      rule: 'reply-bound',
      field: 'spouse.name',
      at: { id: /reply\.json$/, pointer: '/properties/spouse/properties/name/maxLength' },
      agreements: ['whole', 'part'],
    },
  ]);
  const at = { id: '', pointer: '' };
  const [, part = party('', '')] = parties;
  t.ok(touches({ rule: 'request-type', half: 'request', field: 'a', at }, part), 'a request is everybody’s');
  t.notOk(touches({ rule: 'reply-type', half: 'reply', field: 'spouse.names', at }, part));
  const none = { ...after, contracts: new Map() };
  t.match(judgeContracts(before, none, parties), [
    { rule: 'contract-removed', agreements: ['whole', 'part', 'other'] },
  ]);
});

t.test('docs/contracts.md has every rule', async t => {
  const documented = [...pageOf('docs/contracts.md').text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
  t.strictSame(documented.toSorted(), Object.keys(changeRules).toSorted());
});
