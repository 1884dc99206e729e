/** An agreement enters the store only when everything it names exists and every mask and constraint fits its field. */
import { join } from 'node:path';
import t from 'tap';
import { checkAgreement } from '../../src/registry/agreement-check.js';
import { readAgreements } from '../../src/registry/agreements-file.js';
import { loadRegistry } from '../../src/registry/load.js';
import { root } from '../../src/root.js';

const { registry } = await loadRegistry({ configFolder: join(root, 'config'), schemasFolder: join(root, 'schemas') });
if (registry === undefined) throw new Error('the shipped config has faults');

const good = {
  id: 'housing-household',
  provider: 'public-security',
  consumer: 'housing',
  service: 'public-security/household/v1',
  purposes: ['public-rental-housing'],
  from: '2026-01-01',
  until: '2026-12-31',
  fields: [{ path: 'members[].birthDate', mask: { kind: 'year-only' } }],
};

t.test('a good agreement is given its defaults', async t => {
  const { terms, findings } = checkAgreement(good, registry);
  t.strictSame(findings, []);
  t.strictSame(terms, { ...good, constraints: [], limits: {} });
});

t.test('the sandbox agreements are good', async t => {
  const { agreements, faults } = readAgreements(join(root, 'config', 'agreements', 'sandbox.yaml'));
  t.strictSame(faults, []);
  t.equal(agreements.length, 7);
  for (const agreement of agreements) t.strictSame(checkAgreement(agreement, registry).findings, []);
});

t.test('a file of agreements', async t => {
  t.match(readAgreements('no-such-file.yaml'), { agreements: [], faults: [{ rule: 'file-missing', line: 1 }] });
  const folder = t.testdir({
    'shape.yaml': 'agreements:\n  - id: a\n  - id: Bad\n    fields: []\n',
    'good.yaml': `agreements:\n  - ${JSON.stringify(good)}\n  - ${JSON.stringify({ ...good, id: 'other' })}\n`,
  });
  const wrong = readAgreements(join(folder, 'shape.yaml'));
  t.strictSame(wrong.agreements, []);
  t.match(
    wrong.faults.find(({ rule }) => rule === 'wrong-value'),
    { line: 3, column: 9, pointer: '/agreements/1/id' },
  );
  const read = readAgreements(join(folder, 'good.yaml'));
  t.strictSame(read.faults, []);
  t.strictSame(
    read.agreements.map(({ id }) => id),
    ['housing-household', 'other'],
  );
  const text = { zh: '错', en: 'wrong' };
  const finding = { rule: 'agreement-dates', pointer: '/until', message: text, fix: text } as const;
  t.match(read.fault(1, finding), { line: 3, pointer: '/agreements/1/until', message: text });
});

const bad: readonly (readonly [string, object, string, string])[] = [
  ['an unknown key', { field: [] }, 'unknown-key', '/field'],
  ['no such day', { from: '2026-02-30' }, 'wrong-value', '/from'],
  ['until before from', { until: '2025-12-31' }, 'agreement-dates', '/until'],
  ['an unknown provider', { provider: 'public-securty' }, 'unknown-department', '/provider'],
  ['another department’s service', { provider: 'civil-affairs' }, 'agreement-provider', '/provider'],
  ['an unknown consumer', { consumer: 'hosing' }, 'unknown-department', '/consumer'],
  ['an unknown client', { clients: ['permit'] }, 'unknown-client', '/clients/0'],
  ['an unknown purpose', { purposes: ['public-rental-hosing'] }, 'unknown-purpose', '/purposes/0'],
  ['an unknown service', { service: 'public-security/household/v2' }, 'unknown-service', '/service'],
  ['a field the contract lacks', { fields: [{ path: 'members[].birthdate' }] }, 'agreement-field', '/fields/0/path'],
  ['a field twice', { fields: [{ path: 'kind' }, { path: 'kind' }] }, 'agreement-overlap', '/fields/1/path'],
  [
    'a masked field within a granted one',
    { fields: [{ path: 'members[].name', mask: { kind: 'keep-first', count: 1 } }, { path: 'members' }] },
    'agreement-overlap',
    '/fields/0/path',
  ],
  [
    'year-only on no date',
    { fields: [{ path: 'kind', mask: { kind: 'year-only' } }] },
    'agreement-mask',
    '/fields/0/mask/kind',
  ],
  [
    'keep-first on a list',
    { fields: [{ path: 'members', mask: { kind: 'keep-first', count: 1 } }] },
    'agreement-mask',
    '/fields/0/mask/kind',
  ],
  [
    'hash of a list',
    { fields: [{ path: 'members', mask: { kind: 'hash' } }] },
    'agreement-mask',
    '/fields/0/mask/kind',
  ],
  [
    'keep-first of nothing',
    { fields: [{ path: 'kind', mask: { kind: 'keep-first' } }] },
    'missing-key',
    '/fields/0/mask/count',
  ],
  [
    'a count for year-only',
    { fields: [{ path: 'members[].birthDate', mask: { kind: 'year-only', count: 1 } }] },
    'unknown-key',
    '/fields/0/mask/count',
  ],
  [
    'a constraint on no field',
    { constraints: [{ kind: 'own-division', field: 'residentid' }] },
    'agreement-constraint',
    '/constraints/0/field',
  ],
  [
    'a value the field cannot have',
    { constraints: [{ kind: 'one-of', field: 'residentId', values: [7] }] },
    'agreement-constraint',
    '/constraints/0/values/0',
  ],
];

for (const [what, change, rule, pointer] of bad) {
  t.test(`refused: ${what}`, async t => {
    const { terms, findings } = checkAgreement({ ...good, ...change }, registry);
    t.equal(terms, undefined);
    t.strictSame(
      findings.map(finding => [finding.rule, finding.pointer]),
      [[rule, pointer]],
    );
  });
}

t.test('own-division is for resident identity numbers only', async t => {
  const agreement = {
    ...good,
    provider: 'civil-affairs',
    service: 'civil-affairs/marriage-appointment/v1',
    fields: [{ path: 'office' }],
    constraints: [{ kind: 'own-division', field: 'office' }],
  };
  const [finding] = checkAgreement(agreement, registry).findings;
  t.equal(finding?.rule, 'agreement-constraint');
  t.equal(finding?.fix.en, 'there are: residentId, partnerResidentId');
});
