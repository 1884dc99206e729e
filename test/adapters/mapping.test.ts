import t from 'tap';
import { compileMapping, reader } from '../../adapters/mapping.js';
import { direction, type MappingScope } from '../../adapters/mapping-scope.js';
import type { CodeList, Mapping } from '../../schemas/stile/adapters/http-service.js';

interface Options {
  readonly back?: boolean;
  readonly codes?: Record<string, CodeList>;
  readonly request?: unknown;
}

const scopeOf = ({ back = false, codes = {} }: Options, found: string[]): MappingScope => ({
  direction: back ? direction.toDepartment : direction.toContract,
  codes,
  utcOffset: '+08:00',
  report: (pointer, fault) => void found.push(`${pointer} ${fault}`),
});

const map = (mapping: Mapping, source: unknown, options: Options = {}): unknown => {
  const mapped = compileMapping(mapping, scopeOf(options, []), '')(source, options.request);
  return 'fault' in mapped ? mapped.fault : mapped.value;
};

t.test('paths lead through own members and lists', async t => {
  t.equal(map('a.b', { a: { b: 7 } }), 7);
  t.equal(map('a.0.b', { a: [{ b: 7 }] }), 7);
  t.equal(map('人员.姓名', { 人员: { 姓名: '张三' } }), '张三');
  t.equal(map({}, 7), 7, 'no path is the source itself');
  for (const path of ['b', 'a.c', 'a.b.c', 'toString', 'a.constructor', 'a.__proto__', 'a.b.length']) {
    t.equal(map(path, { a: { b: 'text' } }), 'value is missing', path);
  }
  t.equal(reader('a.b')('text'), undefined);
});

t.test('a value is required unless it is optional', async t => {
  const fields = (optional: boolean): Mapping => ({ fields: { x: { from: 'a', optional }, y: 'b' } });
  t.strictSame(map(fields(true), { a: null, b: 1 }), { y: 1 });
  t.strictSame(map(fields(true), { b: 1 }), { y: 1 });
  t.equal(map(fields(false), { b: 1 }), 'x is missing');
  t.equal(map(fields(false), { a: null, b: 1 }), 'x is missing');
  t.strictSame(map(fields(false), { a: '', b: false }), { x: '', y: false }, 'empty text and false are values');
});

t.test('a department may have its own ways to say none', async t => {
  const none: Mapping = { fields: { x: { from: 'a', optional: true, none: ['', '00000000', 0], date: 'YYYYMMDD' } } };
  for (const a of ['', '00000000', 0]) t.strictSame(map(none, { a }), {}, String(a));
  t.strictSame(map(none, { a: '20240229' }), { x: '2024-02-29' });
  t.equal(map(none, { a: '0' }), 'x is no YYYYMMDD');
});

t.test('codes: an unknown one is never passed through', async t => {
  const codes = { '10': 'unmarried', '20': 'married', '21': 'married' };
  t.equal(map({ from: 'a', codes }, { a: '21' }), 'married');
  t.equal(map({ from: 'a', codes }, { a: 10 }), 'unmarried', 'a number is the code it prints as');
  t.equal(map({ from: 'a', codes: 'marriage' }, { a: '10' }, { codes: { marriage: codes } }), 'unmarried');
  t.equal(map({ from: 'a', codes: { '1': true, '0': false } }, { a: '0' }), false);
  for (const a of ['30', '', 'married', 'toString', '__proto__', {}, ['10'], true]) {
    t.equal(map({ fields: { x: { from: 'a', codes } } }, { a }), 'x is no code of its list', JSON.stringify(a));
  }
});

t.test('codes go back to the department', async t => {
  const codes = { '10': 'unmarried', '20': 'married' };
  t.equal(map({ from: 'status', codes }, { status: 'married' }, { back: true }), '20');
  t.equal(map({ from: 'status', codes, as: 'number' }, { status: 'married' }, { back: true }), 20);
  t.equal(map({ from: 'ok', codes: { Y: true, N: false } }, { ok: false }, { back: true }), 'N');
  t.equal(map({ from: 'status', codes }, { status: '10' }, { back: true }), 'value is no code of its list');
});

t.test('dates both ways', async t => {
  t.equal(map({ from: 'd', date: 'YYYYMMDD' }, { d: '20240229' }), '2024-02-29');
  t.equal(map({ from: 'd', date: 'YYYYMMDD' }, { d: '2024-02-29' }, { back: true }), '20240229');
  t.equal(map({ from: 'd', date: 'epoch-ms' }, { d: '2024-02-29' }, { back: true }), 1709136000000);
  t.equal(map({ from: 'd', date: 'epoch-ms', as: 'text' }, { d: '2024-02-29' }, { back: true }), '1709136000000');
  t.equal(map({ from: 'd', time: 'epoch-s' }, { d: 1709136000 }), '2024-02-29T00:00:00+08:00');
  t.equal(map({ from: 'd', date: 'YYYYMMDD' }, { d: '20240230' }), 'value is no YYYYMMDD');
  t.equal(
    map({ from: 'd', date: 'YYYYMMDD' }, { d: '29 February' }, { back: true }),
    'value is no date of the contract',
  );
});

t.test('text and numbers', async t => {
  t.equal(map({ from: 'a', as: 'text' }, { a: 35 }), '35');
  t.equal(map({ from: 'a', as: 'text' }, { a: true }), 'true');
  t.equal(map({ from: 'a', as: 'number' }, { a: '35' }), 35);
  t.equal(map({ from: 'a', as: 'number' }, { a: '-0.5' }), -0.5);
  t.equal(map({ from: 'a', as: 'number' }, { a: 35 }), 35);
  for (const a of ['', '035', '3 5', '0x10', '1e3', 'NaN', '9007199254740993', '0.12345678901234567', true, {}]) {
    t.equal(map({ from: 'a', as: 'number' }, { a }), 'value is no number', JSON.stringify(a));
  }
  for (const a of [{}, ['x']]) t.equal(map({ from: 'a', as: 'text' }, { a }), 'value is no text');
});

t.test('lists', async t => {
  const members: Mapping = {
    from: 'rows',
    each: { fields: { name: 'xm', sex: { from: 'xb', codes: { '1': 'male' } } } },
  };
  t.strictSame(map(members, { rows: [] }), []);
  t.strictSame(map(members, { rows: [{ xm: '张三', xb: '1' }] }), [{ name: '张三', sex: 'male' }]);
  t.equal(map({ fields: { members } }, { rows: [{ xm: '张三', xb: '3' }] }), 'members[].sex is no code of its list');
  t.equal(map({ fields: { members } }, { rows: [{ xb: '1' }] }), 'members[].name is missing');
  t.equal(map({ fields: { members } }, { rows: { xm: '张三' } }), 'members is no list');
  t.equal(map({ fields: { members } }, { rows: [null] }), 'members[].name is missing');
  t.strictSame(map({ from: 'rows', each: { codes: { '1': 'a' } } }, { rows: ['1', 1] }), ['a', 'a']);
  t.strictSame(map({ from: 'rows', each: { optional: true } }, { rows: [1, null, 2] }), [1, 2]);
});

t.test('groups', async t => {
  const spouse: Mapping = { optional: true, fields: { name: 'po.xm', id: { from: 'po.id', as: 'text' } } };
  const whole: Mapping = { fields: { spouse } };
  t.strictSame(map(whole, { po: { xm: '李四', id: 7 } }), { spouse: { name: '李四', id: '7' } });
  t.strictSame(map(whole, {}), {}, 'left out when nothing of it is there');
  t.strictSame(map(whole, { po: { xm: null } }), {});
  t.equal(map(whole, { po: { xm: '李四' } }), 'spouse.id is missing', 'half of it is a fault');
  t.equal(map(whole, { po: { id: {} } }), 'spouse.name is missing');
  const from: Mapping = { fields: { spouse: { from: 'po', optional: true, fields: { name: 'xm' } } } };
  t.strictSame(map(from, { po: null }), {});
  t.equal(map(from, { po: {} }), 'spouse.name is missing');
  t.equal(map(from, { po: 'text' }), 'spouse.name is missing');
  t.equal(map({ fields: { spouse: { from: 'po', fields: { name: 'xm' } } } }, {}), 'spouse is missing');
  const nested: Mapping = { fields: { a: { optional: true, fields: { b: { optional: true, fields: { c: 'x' } } } } } };
  t.strictSame(map(nested, {}), {});
  t.strictSame(map(nested, { x: 1 }), { a: { b: { c: 1 } } });
});

t.test('constants and what was asked', async t => {
  const mapping: Mapping = { fields: { id: { request: 'residentId' }, status: { constant: 'unmarried' } } };
  t.strictSame(map(mapping, undefined, { request: { residentId: '1' } }), { id: '1', status: 'unmarried' });
  t.equal(map(mapping, undefined, { request: {} }), 'id is missing');
  const optional: Mapping = { fields: { a: { optional: true, fields: { k: { constant: 1 }, v: 'x' } } } };
  t.strictSame(map(optional, {}), {}, 'a constant alone does not make a group');
  t.strictSame(map({ fields: { list: { constant: [] } } }, {}), { list: [] });
});

t.test('of several faults the first is told, and no value', async t => {
  const mapping: Mapping = { fields: { a: { from: 'x', codes: { '1': 'one' } }, b: 'y' } };
  t.equal(map(mapping, { x: '440304198804123031' }), 'a is no code of its list');
});

t.test('faults in rules are reported where they stand', async t => {
  const found: string[] = [];
  const codes = { many: { '1': 'a', '2': 'a' } };
  compileMapping(
    {
      fields: {
        'a/b': { from: 'x', codes: 'marriages' },
        c: { from: 'x', each: { fields: { d: { from: 'x', date: 'DDMM' } } } },
        e: { from: 'x', codes: 'many' },
        f: { from: 'x', time: 'then' },
      },
    },
    scopeOf({ back: true, codes }, found),
    '/body',
  );
  t.strictSame(found, [
    '/body/fields/a~1b/codes unknown-code-list',
    '/body/fields/c/each/fields/d/date unknown-date-form',
    '/body/fields/e/codes ambiguous-code-list',
    '/body/fields/f/time unknown-date-form',
  ]);
  const there: string[] = [];
  compileMapping({ from: 'x', codes: 'many' }, scopeOf({ codes }, there), '');
  t.strictSame(there, [], 'many to one is right on the way to the contract');
});
