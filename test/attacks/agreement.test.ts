/** Attempts to be granted more than a provider meant to grant. */
import t from 'tap';
import { agreementsGateway } from '../agreements/agreements-gateway.js';
import { agreementEntries } from '../agreements/open-agreements.js';
import { household } from '../agreements/sample.js';

const path = '/operate/agreements';
const document = {
  id: 'housing-household',
  provider: 'public-security',
  consumer: 'housing',
  service: household.id,
  purposes: ['public-rental-housing'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: [{ path: 'residentId' }],
};

t.test('state, version and pins are never the importer’s to say', async t => {
  const { call } = await agreementsGateway(t);
  await call('staff/officer', path, { agreements: [document] });
  await call('staff/officer', `${path}/housing-household/suspend`, { why: 'a complaint' });
  const smuggled = [
    { state: 'active' },
    { version: 1 },
    { pins: { contract: '', mapping: '', sharing: '' } },
    { latest: true },
  ];
  for (const more of smuggled) {
    const found = await call('staff/officer', path, { agreements: [{ ...document, ...more }] });
    t.match(found, { status: 400, body: { code: 'STILE_AGREEMENT_INVALID' } }, JSON.stringify(more));
  }
  const wider = { ...document, fields: [{ path: 'residentId' }, { path: 'members' }] };
  await call('staff/officer', path, { agreements: [wider] });
  t.match((await call('staff/officer', `${path}/housing-household`)).body, {
    agreement: { state: 'suspended', version: 3 },
  });
});

t.test('fields that no contract has, and paths that mean everything', async t => {
  const { call } = await agreementsGateway(t);
  for (const field of [
    '',
    '*',
    '.',
    '[]',
    'members[0].name',
    'members.name',
    '__proto__',
    'constructor',
    'residentId.length',
    '$',
  ]) {
    const found = await call('staff/officer', path, { agreements: [{ ...document, fields: [{ path: field }] }] });
    t.match(found, { status: 400, body: { code: 'STILE_AGREEMENT_INVALID' } }, field);
  }
  t.match(await call('staff/officer', path, `{"agreements":[{"__proto__":{"state":"active"}}]}`), {
    status: 400,
    body: { code: 'STILE_BODY_FORBIDDEN_KEY' },
  });
});

t.test('a mask cannot be lifted by granting the field twice', async t => {
  const { call } = await agreementsGateway(t);
  const name = { path: 'members[].name', mask: { kind: 'exists' } };
  for (const fields of [
    [name, { path: 'members[].name' }],
    [{ path: 'members' }, name],
    [name, { path: 'members' }],
  ]) {
    const found = await call('staff/officer', path, { agreements: [{ ...document, fields }] });
    t.match(found, { status: 400, body: { code: 'STILE_AGREEMENT_INVALID' } });
  }
});

t.test('ids that are statements, paths or long are only ids of nothing, and none gets into the ledger', async t => {
  const { call, store } = await agreementsGateway(t);
  await call('staff/officer', path, { agreements: [document] });
  const ids = [
    "x' OR '1'='1",
    "x'; DROP TABLE agreements; --",
    '..',
    '../housing-household',
    'a%2Fb',
    'A'.repeat(90),
    '张三',
  ];
  for (const id of ids) {
    const found = await call('staff/officer', `${path}/${encodeURIComponent(id)}/end`, { why: 'x' });
    t.match(found, { status: 404 }, id);
  }
  t.match((await call('staff/officer', path)).body, { agreements: [{ id: 'housing-household', state: 'active' }] });
  const refused = (await agreementEntries(store.pool)).filter(entry => entry.outcome === 'refused');
  t.ok(refused.length > 0);
  t.ok(refused.every(entry => entry.agreement === undefined));
});

t.test('whoever is no officer changes nothing, whatever else they may do', async t => {
  const { call } = await agreementsGateway(t);
  await call('staff/officer', path, { agreements: [document] });
  for (const client of ['staff/operator', 'staff/security', 'staff/auditor', 'housing/permits', undefined]) {
    for (const action of ['suspend', 'resume', 'end', 'consent']) {
      const found = await call(client, `${path}/housing-household/${action}`, { why: 'x' });
      t.equal(found.status, client === undefined ? 401 : 403, `${client} ${action}`);
    }
    const wider = { ...document, fields: [{ path: 'members' }] };
    t.equal((await call(client, path, { agreements: [wider] })).status, client === undefined ? 401 : 403);
  }
  t.match((await call('staff/officer', `${path}/housing-household`)).body, {
    agreement: { version: 1, state: 'active', fields: [{ path: 'residentId' }] },
  });
});
