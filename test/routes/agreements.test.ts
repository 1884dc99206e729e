import t from 'tap';
import { agreementsGateway } from '../agreements/agreements-gateway.js';
import { agreementEntries } from '../agreements/open-agreements.js';
import { household, registryOf } from '../agreements/sample.js';

const document = (change: Record<string, unknown> = {}) => ({
  id: 'housing-household',
  provider: 'public-security',
  consumer: 'housing',
  service: household.id,
  purposes: ['public-rental-housing'],
  from: '2026-01-01',
  until: '2035-12-31',
  fields: [{ path: 'residentId' }],
  ...change,
});
const path = '/operate/agreements';
const officer = 'staff/officer';

t.test('an officer imports, sees and suspends agreements, and every change has its record', async t => {
  const { call, store } = await agreementsGateway(t);
  const imported = await call(officer, path, { agreements: [document(), document({ id: 'second' })] });
  t.match(imported, {
    status: 200,
    body: {
      agreements: [
        { id: 'housing-household', version: 1, state: 'active', result: 'made', record: /^0\/\d+$/ },
        { id: 'second', result: 'made', record: /^0\/\d+$/ },
      ],
    },
  });
  t.match(imported.headers.get('stile-record'), /^0\/\d+$/);
  const again = await call(officer, path, { agreements: [document(), document({ id: 'second' })] });
  t.match(again, {
    status: 200,
    body: { agreements: [{ result: 'unchanged', record: undefined }, { result: 'unchanged' }] },
  });
  t.equal(again.headers.get('stile-record'), null);

  const suspended = await call(officer, `${path}/second/suspend`, { why: 'a complaint' });
  t.match(suspended, { status: 200, body: { agreement: { id: 'second', version: 2, state: 'suspended' } } });
  const entries = await agreementEntries(store.pool);
  t.match(entries.at(-1), { action: 'suspend', agreement: { id: 'second', version: 2 }, staff: { id: officer } });

  const listed = await call(officer, path);
  t.match(listed.body, {
    version: 2,
    agreements: [
      { id: 'housing-household', state: 'active', moved: [] },
      { id: 'second', state: 'suspended' },
    ],
  });
  const shown = await call(officer, `${path}/second`);
  t.match(shown.body, {
    agreement: { id: 'second', fields: [{ path: 'residentId' }] },
    history: [
      { agreement: { version: 2 }, action: 'suspend', why: 'a complaint', staff: { id: officer, role: 'officer' } },
      { agreement: { version: 1 }, action: 'import' },
    ],
  });
});

t.test('all staff may look and only officers change; whoever may not is recorded', async t => {
  const { call, store } = await agreementsGateway(t);
  await call(officer, path, { agreements: [document()] });
  for (const staff of ['staff/security', 'staff/auditor', 'staff/operator']) {
    t.equal((await call(staff, path)).status, 200);
    t.equal((await call(staff, `${path}/housing-household`)).status, 200);
    const refused = await call(staff, `${path}/housing-household/suspend`, { why: 'mine' });
    t.match(refused, { status: 403, body: { code: 'STILE_ROLE_REQUIRED', record: /^0\/\d+$/ } });
    const [entry] = (await agreementEntries(store.pool)).slice(-1);
    t.match(entry, {
      action: 'suspend',
      outcome: 'refused',
      code: 'STILE_ROLE_REQUIRED',
      agreement: { id: 'housing-household' },
      staff: { id: staff },
    });
  }
  t.match(await call('housing/permits', path), { status: 403 });
  t.match(await call('housing/permits', path, { agreements: [document()] }), { status: 403 });
  t.match((await agreementEntries(store.pool)).at(-1), {
    client: 'housing/permits',
    consumer: 'housing',
    outcome: 'refused',
  });
  t.match(await call(undefined, path), { status: 401, body: { code: 'STILE_TOKEN_MISSING' } });
  t.match(await call(undefined, path, {}), { status: 401 });
  t.match((await call(officer, `${path}/housing-household`)).body, { agreement: { state: 'active', version: 1 } });
});

t.test('what is wrong with a body is said by its place, and nothing is imported', async t => {
  const { call, store } = await agreementsGateway(t);
  const invalid = (body: unknown) => call(officer, path, body);
  t.match(await invalid({ agreements: [document(), document({ id: 'b', fields: [{ path: 'salary' }] })] }), {
    status: 400,
    body: { code: 'STILE_AGREEMENT_INVALID', errors: [{ pointer: '/agreements/1/fields/0/path', message: /salary/ }] },
  });
  t.match(await invalid({ agreements: [{ id: 'x' }] }), { status: 400, body: { code: 'STILE_AGREEMENT_INVALID' } });
  t.match(await invalid({}), { status: 400, body: { errors: [{ pointer: /agreements/ }] } });
  t.match(await invalid('{"agreements":[],"agreements":[]}'), {
    status: 400,
    body: { code: 'STILE_BODY_DUPLICATE_KEY' },
  });
  t.match(await invalid('not json'), { status: 400, body: { code: 'STILE_BODY_NOT_JSON' } });
  t.match(await invalid('"x"'.padEnd(5 * 1024 * 1024)), { status: 413 });
  t.match((await call(officer, path)).body, { agreements: [] });
  t.ok((await agreementEntries(store.pool)).every(entry => entry.outcome === 'refused'));
});

t.test('a reason is required, and is text', async t => {
  const { call } = await agreementsGateway(t);
  await call(officer, path, { agreements: [document()] });
  for (const body of [
    {},
    { why: '' },
    { why: '  ' },
    { why: 'a\0b' },
    { why: 'x'.repeat(1001) },
    { why: 1 },
    { why: 'x', id: 1 },
  ]) {
    const found = await call(officer, `${path}/housing-household/end`, body);
    t.match(found, { status: 400, body: { code: 'STILE_AGREEMENT_INVALID' } }, JSON.stringify(body).slice(0, 40));
  }
  t.match((await call(officer, `${path}/housing-household`)).body, { agreement: { state: 'active' } });
});

t.test('a state that does not allow it, and an agreement there is none of', async t => {
  const { call } = await agreementsGateway(t);
  await call(officer, path, { agreements: [document()] });
  t.match(await call(officer, `${path}/housing-household/resume`, { why: 'x' }), {
    status: 409,
    body: { code: 'STILE_AGREEMENT_STATE' },
  });
  t.match(await call(officer, `${path}/nobody/suspend`, { why: 'x' }), {
    status: 404,
    body: { code: 'STILE_AGREEMENT_UNKNOWN' },
  });
  t.match(await call(officer, `${path}/nobody`), { status: 404 });
});

t.test('a waiting agreement says what has moved, and consent sets it free', async t => {
  const { call, store, replica } = await agreementsGateway(t);
  await call(officer, path, { agreements: [document()] });
  const moved = { ...household, mapping: 'a1', sharing: 'unconditional' as const };
  const { settings, clients } = store.registry;
  store.registry = registryOf({ settings, clients, services: new Map([[household.id, moved]]) });
  replica.index.adopt(store.registry);
  t.match((await call('staff/auditor', path)).body, {
    agreements: [{ state: 'waiting', moved: ['mapping', 'sharing'] }],
  });
  const consented = await call(officer, `${path}/housing-household/consent`, { why: 'looked at it' });
  t.match(consented, { status: 200, body: { agreement: { state: 'active', moved: [] } } });
  t.equal(replica.index.current().of('housing', household.id)[0]?.state, 'active');
});
