import t from 'tap';
import { subjectsIn } from '../../src/exchange/subject.js';

t.test('marked fields are read out, through objects and arrays', t => {
  const value = {
    residentId: 'A',
    spouse: { residentId: 'B' },
    members: [{ residentId: 'C' }, {}, { residentId: 'D' }],
  };
  t.same(
    subjectsIn(value, [
      { path: 'residentId', role: 'asked', kind: 'resident' },
      { path: 'spouse.residentId', role: 'related', kind: 'resident' },
      { path: 'members[].residentId', role: 'related', kind: 'resident' },
      { path: 'company', role: 'related', kind: 'organisation' },
    ]),
    [
      { kind: 'resident', identifier: 'A', role: 'asked' },
      { kind: 'resident', identifier: 'B', role: 'related' },
      { kind: 'resident', identifier: 'C', role: 'related' },
      { kind: 'resident', identifier: 'D', role: 'related' },
    ],
  );
  t.end();
});

t.test('arrays within arrays, and values of another shape than the contract', t => {
  const fields = [{ path: 'rows[][].id', role: 'related', kind: 'resident' }] as const;
  t.same(
    subjectsIn({ rows: [[{ id: 'A' }], [{ id: 'B' }, { id: 7 }], 'x'] }, fields).map(subject => subject.identifier),
    ['A', 'B'],
  );
  t.same(subjectsIn(null, fields), []);
  t.same(subjectsIn({ rows: { length: 1 } }, fields), []);
  t.end();
});
