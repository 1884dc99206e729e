import t from 'tap';
import type { GrantedField, Mask } from '../../src/agreements/agreement.js';
import { maskKey } from '../../src/agreements/mask.js';
import { compileMinimiser } from '../../src/agreements/minimiser.js';

const key = maskKey(Buffer.alloc(32, 7), 'housing-household');

const known = [
  'residentId',
  'status',
  'spouse',
  'spouse.name',
  'spouse.residentId',
  'members',
  'members[].name',
  'members[].birthDate',
  'members[].address',
  'members[].address.city',
  'members[].address.street',
  'tags',
];

const run = (granted: readonly GrantedField[], reply: unknown) => compileMinimiser(granted, known, key)(reply);
const masked = (path: string, mask: Mask, reply: unknown) => run([{ path, mask }], reply);

const reply = {
  residentId: '440304198804123031',
  status: 'married',
  spouse: { name: '林晓雯', residentId: '440305199008261020' },
  members: [
    { name: '陈思远', birthDate: '1988-04-12', address: { city: '深圳', street: '红荔路18号' } },
    { name: '林晓雯', birthDate: '1990-08-26' },
  ],
  tags: ['a', 'b'],
};

t.test('only granted fields pass: flat, nested and in arrays', async t => {
  t.same(run([{ path: 'residentId' }], reply), { residentId: '440304198804123031' });
  t.same(run([{ path: 'spouse.name' }, { path: 'members[].birthDate' }], reply), {
    spouse: { name: '林晓雯' },
    members: [{ birthDate: '1988-04-12' }, { birthDate: '1990-08-26' }],
  });
  t.same(run([{ path: 'tags' }], reply), { tags: ['a', 'b'] });
});

t.test('a path to an object or array grants all the contract knows below it, and nothing it does not know', async t => {
  const more = {
    ...reply,
    spouse: { ...reply.spouse, secret: 1 },
    members: [{ name: '陈', address: { city: '深圳', x: 1 } }],
  };
  t.same(run([{ path: 'spouse' }], more), { spouse: reply.spouse });
  t.same(run([{ path: 'members' }], more), { members: [{ name: '陈', address: { city: '深圳' } }] });
  t.same(run([{ path: 'members[].address' }], reply), {
    members: [{ address: { city: '深圳', street: '红荔路18号' } }, {}],
  });
});

t.test('members the contract does not know never pass, whatever they are called', async t => {
  const hostile = JSON.parse('{"residentId":"1","__proto__":{"status":"x"},"constructor":"c","extra":{"status":"y"}}');
  const found = run([{ path: 'residentId' }, { path: 'status' }], hostile);
  t.same(Object.keys(Object(found)), ['residentId']);
  t.equal(Object.getPrototypeOf(found), Object.prototype);
  t.same(run([{ path: 'status' }], Object.create({ status: 'inherited' })), {}, 'inherited members are no data');
  t.same(run([{ path: 'tags' }], { tags: ['a', { status: 'x' }, ['b', { c: 1 }]] }), { tags: ['a', ['b']] });
});

t.test('even a contract that names __proto__ cannot set a prototype', async t => {
  const minimise = compileMinimiser(
    [{ path: '__proto__' }, { path: 'a' }],
    ['__proto__', '__proto__.b', 'a.__proto__', 'a'],
    key,
  );
  const found = minimise(JSON.parse('{"__proto__":{"b":1},"a":1}'));
  t.same(found, { a: 1 });
  t.equal(Object.getPrototypeOf(found), Object.prototype);
});

t.test('absent stays absent, null stays null, and what is of another shape is left out', async t => {
  t.same(run([{ path: 'status' }, { path: 'spouse.name' }, { path: 'members[].name' }], {}), {});
  t.same(run([{ path: 'status' }, { path: 'spouse.name' }], { status: null, spouse: null }), { status: null });
  t.same(run([{ path: 'spouse' }], { spouse: null }), { spouse: null }, 'the object itself is granted, so its null is');
  t.same(run([{ path: 'spouse.name' }], { spouse: 'somebody' }), {});
  t.same(run([{ path: 'spouse.name' }], { spouse: [{ name: 'x' }] }), {});
  t.same(run([{ path: 'members[].name' }], { members: { name: 'x' } }), {});
  t.same(run([{ path: 'status' }], { status: { name: 'x' } }), {});
  for (const odd of [null, undefined, 'text', 7, [reply]]) t.same(run([{ path: 'status' }], odd), {});
});

t.test('an object with nothing granted in it does not show that it is there, but items keep their places', async t => {
  t.same(run([{ path: 'spouse.name' }], { spouse: { residentId: '1' } }), {});
  t.same(run([{ path: 'spouse' }], { spouse: {} }), { spouse: {} }, 'unless the object itself is granted');
  t.same(run([{ path: 'members[].birthDate' }], { members: [{ name: '甲' }, { birthDate: '2000-01-01' }] }), {
    members: [{}, { birthDate: '2000-01-01' }],
  });
  t.same(run([{ path: 'members[].name' }], { members: [] }), { members: [] });
});

t.test('the narrowest grant decides over a field', async t => {
  const granted: GrantedField[] = [{ path: 'spouse' }, { path: 'spouse.name', mask: { kind: 'keep-first', count: 1 } }];
  const expected = { spouse: { name: '林**', residentId: '440305199008261020' } };
  t.same(run(granted, reply), expected);
  t.same(run(granted.toReversed(), reply), expected);
  const twice: GrantedField[] = [{ path: 'status' }, { path: 'status', mask: { kind: 'exists' } }];
  t.same(run(twice, reply), { status: true });
  t.same(run(twice.toReversed(), reply), { status: true });
});

t.test('a path is no prefix of a longer name', async t => {
  const minimise = compileMinimiser([{ path: 'name' }], ['name', 'nameBefore', 'name2.x'], key);
  t.same(minimise({ name: 'a', nameBefore: 'b', name2: { x: 1 } }), { name: 'a' });
});

t.test('keep-first and keep-last count code points and replace each other one', async t => {
  t.same(masked('status', { kind: 'keep-first', count: 1 }, { status: '𠮷野家' }), { status: '𠮷**' });
  t.same(masked('status', { kind: 'keep-last', count: 2 }, { status: 'a𠮷野' }), { status: '*𠮷野' });
  t.same(masked('status', { kind: 'keep-first', count: 5 }, { status: '王' }), { status: '王' });
  t.same(masked('status', { kind: 'keep-last', count: 5 }, { status: '' }), { status: '' });
  t.same(masked('status', { kind: 'keep-last', count: 2 }, { status: 12345 }), { status: '***45' });
});

t.test('year-only gives the year of a date, and nothing of what is no date', async t => {
  const year = (status: unknown) => masked('status', { kind: 'year-only' }, { status });
  t.same(year('1988-04-12'), { status: '1988' });
  t.same(year('1988-04-12T08:00:00Z'), { status: '1988' });
  for (const odd of ['440304198804123031', '1988', '1988-04', '12/04/1988', ' 1988-04-12', 1988]) t.same(year(odd), {});
});

t.test('exists tells only whether there is a value', async t => {
  const exists = (reply: unknown) => run([{ path: 'spouse', mask: { kind: 'exists' } }], reply);
  t.same(exists(reply), { spouse: true });
  t.same(exists({}), { spouse: false });
  t.same(exists({ spouse: null }), { spouse: false });
  t.same(masked('spouse.name', { kind: 'exists' }, { spouse: {} }), { spouse: { name: false } });
  t.same(masked('spouse.name', { kind: 'exists' }, {}), {}, 'no spouse, no answer about their name');
});

t.test('a hash is keyed, the agreement’s own, and stable', async t => {
  const hash = (value: unknown, under = key) =>
    (
      compileMinimiser([{ path: 'status', mask: { kind: 'hash' } }], known, under)({ status: value }) as {
        status: string;
      }
    ).status;
  t.match(hash('married'), /^[\w-]{43}$/);
  t.equal(hash('married'), hash('married', maskKey(Buffer.alloc(32, 7), 'housing-household')));
  t.not(hash('married'), hash('single'));
  t.not(hash('married'), hash('married', maskKey(Buffer.alloc(32, 7), 'another-agreement')));
  t.not(hash('married'), hash('married', maskKey(Buffer.alloc(32, 8), 'housing-household')));
});

t.test('a mask works on each item of an array of values, and leaves objects out', async t => {
  t.same(masked('tags', { kind: 'keep-first', count: 1 }, { tags: ['ab', null, { name: 'x' }] }), {
    tags: ['a*', null],
  });
  t.same(masked('spouse', { kind: 'keep-first', count: 1 }, reply), {});
  t.same(masked('spouse', { kind: 'hash' }, reply), {});
});

t.test('the reply is never changed', async t => {
  const frozen = deepFreeze(structuredClone(reply));
  t.same(
    run([{ path: 'members' }, { path: 'tags' }, { path: 'spouse.name', mask: { kind: 'hash' } }], frozen) !== frozen,
    true,
  );
  t.same(frozen, reply);
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
