import t from 'tap';
import { compileConstraint, divisionPrefix } from '../../src/agreements/constraint.js';

const own = (division: string, field = 'residentId') => compileConstraint({ kind: 'own-division', field }, division);

t.test('a division’s codes begin with its province’s, city’s or own digits', async t => {
  t.equal(divisionPrefix('440000'), '44');
  t.equal(divisionPrefix('440300'), '4403');
  t.equal(divisionPrefix('440304'), '440304');
});

t.test('own-division compares the division an identity number begins with', async t => {
  t.ok(own('440300').holds({ residentId: '440305199008261020' }));
  t.notOk(own('440300').holds({ residentId: '440105199008261020' }));
  t.notOk(own('440304').holds({ residentId: '440305199008261020' }));
  t.ok(own('440000').holds({ residentId: '440105199008261020' }));
});

t.test('it fails where there is nothing to compare', async t => {
  const constraint = own('440300');
  for (const request of [{}, { residentId: null }, { residentId: 4403 }, Object.create({ residentId: '4403' })]) {
    t.notOk(constraint.holds(request));
  }
});

t.test('in an array every value must keep the rule, and there must be one', async t => {
  const constraint = own('440300', 'people[].residentId');
  t.ok(constraint.holds({ people: [{ residentId: '440301' }, { residentId: '440399' }] }));
  t.notOk(constraint.holds({ people: [{ residentId: '440301' }, { residentId: '110101' }] }));
  t.notOk(constraint.holds({ people: [] }));
  t.notOk(constraint.holds({ people: { residentId: '440301' } }));
});

t.test('one-of compares values, not their texts', async t => {
  const constraint = compileConstraint({ kind: 'one-of', field: 'kind', values: ['1', 2, true] }, '440300');
  for (const kind of ['1', 2, true]) t.ok(constraint.holds({ kind }));
  for (const kind of [1, '2', 'true', null, [2]]) t.notOk(constraint.holds({ kind }));
  t.notOk(constraint.holds({}));
});
