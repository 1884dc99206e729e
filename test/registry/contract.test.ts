/** A contract says what passes, whom it names and what fields there are; what it finds wrong never repeats a value. */
import t from 'tap';
import { closed, contractOf, identifier, somebody, thenSchema } from './own-contract.js';

t.test('what passes is not touched', async t => {
  const { request, reply } = await contractOf(t);
  t.equal(request.check({ residentId: somebody }), null);
  const answer = { residentId: somebody, status: 'married', registeredOn: '2015-05-20' };
  t.equal(reply.check(Object.freeze(answer)), null);
  t.strictSame(Object.keys(answer), ['residentId', 'status', 'registeredOn']);
});

t.test('nothing is coerced, removed or filled in', async t => {
  const { request } = await contractOf(t, {
    request: closed(
      { count: { type: 'integer' }, flag: { type: 'boolean' }, name: { type: 'string', default: 'x' } },
      { required: ['count', 'name'], examples: [{ count: 1, name: 'a' }] },
    ),
    reply: closed({ status: { type: 'string' } }),
  });
  t.match(request.check({ count: '1', name: 'a' }), [{ pointer: '/count', keyword: 'type' }]);
  t.match(request.check({ count: 1, name: 'a', flag: 'true' }), [{ pointer: '/flag', keyword: 'type' }]);
  t.match(request.check({ count: 1 }), [{ pointer: '/name', keyword: 'required' }]);
  const extra = { count: 1, name: 'a', other: 2 };
  t.match(request.check(extra), [{ pointer: '/other', keyword: 'additionalProperties' }]);
  t.equal(extra.other, 2);
  t.equal(request.check(null)?.length, 1);
  t.equal(request.check([])?.length, 1);
});

t.test('a violation names what is wrong in both languages', async t => {
  const { request } = await contractOf(t);
  t.strictSame(request.check({ residentId: '110105194912310021' }), [
    {
      pointer: '/residentId',
      keyword: 'format',
      message: { zh: '不是合法的公民身份号码', en: 'must be a valid resident identity number' },
    },
  ]);
  t.strictSame(request.check({}), [
    {
      pointer: '/residentId',
      keyword: 'required',
      message: { zh: '应当有必需属性 residentId', en: 'must have required property residentId' },
    },
  ]);
});

t.test('a violation never repeats a value', async t => {
  const secret = 'hunter2-110105194912310021';
  const { request } = await contractOf(t, {
    request: closed(
      {
        word: { type: 'string', enum: ['a', 'b'] },
        fixed: { type: 'string', const: 'c' },
        code: { type: 'string', pattern: '^[0-9]+$', maxLength: 3 },
        day: { type: 'string', format: 'date' },
        number: { type: 'integer', maximum: 3, multipleOf: 2 },
        list: { type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 1 },
        either: { oneOf: [{ type: 'string', maxLength: 1 }, { type: 'integer' }] },
        none: { type: 'string', not: { const: secret } },
        inner: closed({ a: { type: 'string' } }, { propertyNames: { maxLength: 1 }, maxProperties: 1 }),
      },
      { examples: [{}] },
    ),
    reply: closed({ status: { type: 'string' } }),
  });
  const found = request.check({
    word: secret,
    fixed: secret,
    code: secret,
    day: secret,
    number: 7_777_777,
    list: [secret, secret],
    either: secret,
    none: secret,
    inner: { [secret]: secret, b: secret },
    [secret]: secret,
  });
  t.ok(found !== null && found.length > 10, 'most of it is wrong');
  t.notMatch(JSON.stringify(found), /hunter2|110105|7777777/);
  for (const { message } of found ?? []) {
    t.match(message.zh, /\p{Script=Han}/u);
    t.match(message.en, /^[ -~]+$/);
  }
});

t.test('a name of the caller’s own is told only when it reads like a field', async t => {
  const { request } = await contractOf(t);
  const pointers = (extra: string) => request.check({ residentId: somebody, [extra]: 1 })?.map(each => each.pointer);
  for (const name of ['name', 'birthDate', 'address2', 'family_name']) t.strictSame(pointers(name), [`/${name}`]);
  for (const name of [
    somebody,
    '91440300MA5EXAMPLE',
    'p440304198804123031',
    '陈思远',
    'a b',
    'a/b',
    '',
    'x'.repeat(60),
  ]) {
    t.strictSame(pointers(name), [''], name);
  }
});

t.test('violations are bounded', async t => {
  const { request } = await contractOf(t, {
    request: closed({ list: { type: 'array', items: { type: 'integer' } } }, { examples: [{ list: [] }] }),
    reply: closed({ status: { type: 'string' } }),
  });
  const wrong = (length: number) => request.check({ list: Array.from({ length }, () => 'x') });
  t.equal(wrong(7)?.length, 7);
  t.equal(wrong(900)?.length, 20);
  t.match(wrong(5000), [{ pointer: '/list/0', keyword: 'type', message: { en: 'must be integer' } }]);
  t.equal(wrong(5000)?.length, 1, 'of a large value only the first is looked for');
});

t.test('fields and subjects are found through references, combinations and lists', async t => {
  const person = closed({
    name: { type: 'string', 'x-title': { zh: '姓名', en: 'Name' } },
    residentId: { ...identifier, 'x-stile-subject': 'related' },
  });
  const { reply } = await contractOf(t, {
    reply: {
      $defs: { person },
      type: 'object',
      allOf: [{ type: 'object', properties: { status: { type: 'string', 'x-stile-sensitivity': 'sensitive' } } }],
      properties: {
        residentId: { ...identifier, 'x-stile-subject': 'asked', 'x-stile-sensitivity': 'personal' },
        spouse: { anyOf: [{ $ref: '#/$defs/person' }, { type: 'null' }] },
        members: { type: 'array', items: { $ref: '#/$defs/person' } },
        heirs: { type: 'array', items: { ...identifier, 'x-stile-subject': 'related' } },
        place: { type: 'array', prefixItems: [{ type: 'number' }], minItems: 1, items: false },
      },

      unevaluatedProperties: false,
    },
  });
  t.strictSame([...reply.fields.keys()].sort(), [
    'heirs',
    'members',
    'members[].name',
    'members[].residentId',
    'place',
    'residentId',
    'spouse',
    'spouse.name',
    'spouse.residentId',
    'status',
  ]);
  t.strictSame(reply.fields.get('members[].name'), {
    path: 'members[].name',
    type: 'string',
    format: undefined,
    sensitivity: undefined,
    title: { zh: '姓名', en: 'Name' },
  });
  t.match(reply.fields.get('spouse'), { type: 'object' });
  t.match(reply.fields.get('status'), { sensitivity: 'sensitive' });
  t.equal(reply.fields.get('residentId')?.sensitivity, 'personal', 'the contract has the word before the vocabulary');
  t.equal(reply.fields.get('spouse.residentId')?.sensitivity, 'sensitive');
  t.strictSame(reply.subjects.map(({ path, role, kind }) => `${path} ${role} ${kind}`).sort(), [
    'heirs[] related resident',
    'members[].residentId related resident',
    'residentId asked resident',
    'spouse.residentId related resident',
  ]);
  t.equal(reply.check({ residentId: somebody, status: 'x', spouse: null }), null);
  t.match(reply.check({ residentId: somebody, other: 1 }), [{ keyword: 'unevaluatedProperties', pointer: '/other' }]);
});

t.test('a field is known from all that is said of it', async t => {
  const { reply } = await contractOf(t, {
    reply: closed(
      { residentId: { ...identifier, 'x-stile-subject': 'asked' }, diedOn: { type: 'string' } },
      {
        if: { type: 'object', minProperties: 2 },
        ...thenSchema({ type: 'object', properties: { diedOn: { type: 'string', format: 'date' } } }),
      },
    ),
  });
  t.match(reply.fields.get('diedOn'), { type: 'string', format: 'date' });
  t.match(reply.check({ residentId: somebody, diedOn: 'today' }), [{ keyword: 'format', pointer: '/diedOn' }]);
});
