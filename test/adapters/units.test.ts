/** Units: exact, both ways, and never rounded. */
import t from 'tap';
import { compileMapping } from '../../adapters/mapping.js';
import { direction } from '../../adapters/mapping-scope.js';

const scope = { codes: {}, utcOffset: '+08:00', report: (pointer: string) => void t.fail(pointer) };
const toContract = (rule: object, value: unknown) =>
  compileMapping(rule, { ...scope, direction: direction.toContract }, '')(value);
const toDepartment = (rule: object, value: unknown) =>
  compileMapping(rule, { ...scope, direction: direction.toDepartment }, '')(value);
const fault = { fault: 'value is no number of its unit' };

t.test('the department’s unit becomes the contract’s', async t => {
  for (const [times, value, made] of [
    [0.01, 1999, 19.99],
    [0.01, '1999', '19.99'],
    [0.01, '-5', '-0.05'],
    [0.01, '100', '1'],
    [0.01, 0, 0],
    [0.01, '0.00', '0'],
    [0.1, 0.7, 0.07],
    [1.1, 1.1, 1.21],
    [10000, '1.2345', '12345'],
    [10000, 3, 30000],
    [1e-7, '30000000', '3'],
    [1e21, '2', '2000000000000000000000'],
    [0.01, '12345678901234567890', '123456789012345678.9'],
  ] as const) {
    t.strictSame(toContract({ times }, value), { value: made }, `${value} times ${times}`);
  }
  t.strictSame(toContract({ times: 0.01, as: 'number' }, '1999'), { value: 19.99 });
  t.strictSame(toContract({ times: 0.01, as: 'text' }, 1999), { value: '19.99' });
});

t.test('a request goes the other way', async t => {
  t.strictSame(toDepartment({ times: 0.01 }, 19.99), { value: 1999 });
  t.strictSame(toDepartment({ times: 0.01 }, '19.99'), { value: '1999' });
  t.strictSame(toDepartment({ times: 3 }, 9), { value: 3 });
  t.strictSame(toDepartment({ times: 8 }, '1'), { value: '0.125' });
  t.strictSame(toDepartment({ times: 3 }, 1), fault, 'a third has no end');
});

t.test('what is no such number, or would have to be rounded, is a fault', async t => {
  for (const value of ['', 'x', '1,5', ' 1', '0x10', '1e5', true, [], {}, '1'.repeat(65)]) {
    t.strictSame(toContract({ times: 0.01 }, value), fault, JSON.stringify(value));
  }
  t.strictSame(toContract({ times: 1e12 }, 9007199254), fault, 'beyond what a number holds');
});
