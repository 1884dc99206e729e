import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import t from 'tap';
import { verify } from '../attacks/signed-ledger.js';
import { type Answer, openGateway, type Test, type TestGateway } from '../gateway.js';
import { rollKey } from '../ledger/roll-key.js';
import { verifyLedger } from '../ledger/verify-ledger.js';

const complaint = '李某某称其母患病';
const agreement = '/operate/agreements/housing-household';

async function as(gateway: TestGateway, staff: string, path: string, body?: unknown): Promise<Answer> {
  const authorization = `Bearer ${await gateway.token(staff)}`;
  const sent = body === undefined ? {} : { method: 'POST', body };
  return gateway.call(path, { headers: { authorization, 'content-type': 'application/json' }, ...sent });
}

const erase = (gateway: TestGateway, record: string | null, staff = 'staff/security', reason = 'request') =>
  as(gateway, staff, '/audit/erasures', { record, reason });

/** A gateway at which an officer has written why an agreement is suspended, and somebody else why it goes on. */
async function withTexts(t: Test) {
  const gateway = await openGateway(t);
  const pool = new pg.Pool({ connectionString: gateway.database, max: 2 });
  pool.on('error', () => {});
  t.teardown(() => pool.end());
  const suspended = await as(gateway, 'staff/officer', `${agreement}/suspend`, { why: complaint });
  const resumed = await as(gateway, 'staff/officer', `${agreement}/resume`, { why: 'settled' });
  return { gateway, pool, suspended: suspended.record ?? '', resumed: resumed.record ?? '' };
}

/** Every value of every table, as text. */
async function everything(pool: pg.Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query(`SELECT * FROM ${name}`);
    for (const value of rows.flatMap(row => Object.values(row)))
      texts.push(Buffer.isBuffer(value) ? `${value.toString('hex')} ${value}` : (JSON.stringify(value) ?? ''));
  }
  return texts.join('\n');
}

t.test('what an officer wrote is erased on record, and no proof breaks', async t => {
  const { gateway, pool, suspended, resumed } = await withTexts(t);
  const show = (record: string) => as(gateway, 'staff/auditor', `/audit/records/${record}`);
  t.match((await show(suspended)).body, { text: complaint, erased: undefined });
  const { rows } = await pool.query('SELECT salt FROM ledger_texts WHERE text = $1', [complaint]);
  const salt: string = rows[0].salt.toString('hex');
  const before = await everything(pool);
  t.ok(before.includes(complaint) && before.includes(salt), 'they are found while they are there');

  const erased = await erase(gateway, suspended);
  t.equal(erased.status, 200, erased.text);
  t.same(erased.body, { record: erased.record, erased: suspended });
  t.match(await gateway.entry(erased.record), {
    kind: 'erasure',
    action: 'text',
    record: suspended,
    reason: 'request',
    staff: { id: 'staff/security', role: 'security' },
    outcome: undefined,
  });
  const after = await everything(pool);
  t.notOk(after.includes(complaint), 'the text is nowhere');
  t.notOk(after.includes(salt), 'nor is its salt, without which the digest confirms no guess');

  const told = { record: erased.record, time: /^\d{4}-.*Z$/ };
  const shown = (await show(suspended)).body;
  t.match(shown, { text: undefined, erased: told, entry: { action: 'suspend', text: /^[\w-]{43}$/ } });
  t.match((await show(resumed)).body, { text: 'settled', erased: undefined });
  const history = (await as(gateway, 'staff/officer', agreement)).body?.history;
  t.match(history, [{ why: 'settled' }, { why: undefined, erased: told }, { action: 'import' }]);
  const search = { kind: 'agreement', actor: 'staff/officer' };
  const found = (await as(gateway, 'staff/auditor', '/audit/search', search)).body?.entries as readonly object[];
  t.match(
    found.find(each => (each as { position: string }).position === suspended),
    { erased: told },
  );
  t.equal(found.filter(each => 'erased' in each).length, 1);
  t.notOk(JSON.stringify(found).includes('settled'), 'a list shows no texts');
  const tail = { last: 50, kind: 'agreement' };
  const followed = (await as(gateway, 'staff/auditor', '/audit/tail', tail)).body?.entries as readonly object[];
  t.equal(followed.filter(each => 'erased' in each).length, 1);

  const receipt = await as(gateway, 'staff/auditor', `/ledger/receipts/${suspended}`);
  t.equal(receipt.status, 200, 'its entry can be proved as before');
  await gateway.close();
  await verifyLedger(t, pool);
  const { findings } = await verify({ key: rollKey(gateway) }, gateway);
  t.same(findings, []);

  const folder = join(gateway.dataFolder, 'keys', 'erasures');
  const [name = ''] = readdirSync(folder);
  t.match(shown, { entry: { id: name.replace('.json', '') } });
  t.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  t.notOk(readFileSync(join(folder, name), 'utf8').includes(complaint));
});

t.test('security staff erase, and nobody else: who wrote a text shall not be who makes it vanish', async t => {
  const { gateway, suspended } = await withTexts(t);
  for (const staff of ['staff/officer', 'staff/auditor', 'staff/operator', 'housing/permits']) {
    const refused = await erase(gateway, suspended, staff);
    t.match(refused, { status: 403, body: { code: 'STILE_ROLE_REQUIRED' } }, staff);
    t.match(await gateway.entry(refused.record), {
      kind: 'erasure',
      outcome: 'refused',
      record: suspended,
      ...(staff === 'housing/permits' ? { client: staff } : { staff: { id: staff } }),
    });
  }
  const nobody = await gateway.call('/audit/erasures', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: { record: suspended, reason: 'order' },
  });
  t.match(nobody, { status: 401, body: { code: 'STILE_TOKEN_MISSING' } });
  t.match((await as(gateway, 'staff/auditor', `/audit/records/${suspended}`)).body, { text: complaint });
});

t.test('what is no text beside an entry, or none any more, is told', async t => {
  const { gateway, suspended } = await withTexts(t);
  const { record: exchange } = await gateway.exchange('civil-affairs/marriage-status/v1', {
    residentId: '440304198804123031',
  });
  for (const record of [exchange, '0/99999', '9/0']) {
    const none = await erase(gateway, record);
    t.match(none, { status: 404, body: { code: 'STILE_TEXT_NONE' } }, `${record}`);
    t.match(await gateway.entry(none.record), { kind: 'erasure', outcome: 'refused', record });
  }
  t.equal((await erase(gateway, suspended)).status, 200);
  t.match(await erase(gateway, suspended), { status: 404, body: { code: 'STILE_TEXT_NONE' } }, 'once is enough');
  for (const body of [
    {},
    { record: suspended },
    { record: suspended, reason: 'because' },
    { record: '-1/0', reason: 'order' },
    { record: '0/01', reason: 'order' },
    { record: suspended, reason: 'order', why: complaint },
  ]) {
    const invalid = await as(gateway, 'staff/security', '/audit/erasures', body);
    t.match(invalid, { status: 400, body: { code: 'STILE_ERASURE_INVALID' } }, JSON.stringify(body));
    t.notOk(JSON.stringify(await gateway.entry(invalid.record)).includes(complaint));
  }
  t.match(await as(gateway, 'staff/security', '/audit/erasures', 'x'), { status: 400 });
});
