/** A reply about many people is indexed under each of them, and its record grows with none. */
import pg from 'pg';
import t, { type Test } from 'tap';
import { json } from '../adapters/systems.js';
import type { TestGateway } from '../gateway.js';
import { verifyLedger } from '../ledger/verify-ledger.js';
import { bulkGateway, pensions, people, residents } from './bulk-gateway.js';

const rowsOf = (residentIds: readonly string[]) => residentIds.map(residentId => ({ residentId, amount: 1200 }));

/** The positions a search by an auditor finds exchanges about a person at. */
async function foundFor(gateway: TestGateway, identifier: string): Promise<string[]> {
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  const body = { kind: 'exchange', subject: { kind: 'resident', identifier } };
  const answer = await gateway.call('/audit/search', { method: 'POST', headers, body });
  return ((answer.body?.entries ?? []) as readonly { position: string }[]).map(({ position }) => position);
}

function storeOf(t: Test, gateway: TestGateway): pg.Pool {
  const pool = new pg.Pool({ connectionString: gateway.database, max: 1 });
  // The database is dropped under sessions that may not have ended quite.
  pool.on('error', () => {});
  t.teardown(() => pool.end());
  return pool;
}

async function tagsAt(pool: pg.Pool, record: string | null): Promise<number> {
  const [shard, index] = (record ?? '').split('/');
  const { rows } = await pool.query(
    'SELECT count(DISTINCT tag)::int AS tags FROM ledger_subjects WHERE shard = $1 AND index = $2',
    [shard, index],
  );
  return rows[0].tags;
}

t.test('five thousand people in one reply', async t => {
  const asked = people(5001);
  const [guardian = ''] = people(5002).slice(-1);
  const gateway = await bulkGateway(t, (question, response, request) => {
    const { residentIds } = JSON.parse(question.body) as { residentIds: string[] };
    const rows = rowsOf(residentIds).map((row, at) => (at === 0 ? { ...row, guardianId: guardian } : row));
    json({ data: { rows } })(question, response, request);
  });
  const pool = storeOf(t, gateway);
  const many = await gateway.exchange(pensions, { residentIds: asked.slice(0, 5000) });
  t.equal(many.status, 200, many.text.slice(0, 500));
  t.equal((many.body?.rows as object[] | undefined)?.length, 5000);
  const entry = await gateway.entry(many.record);
  t.match(entry, { outcome: 'released', subjects: { count: 5001 } });
  t.equal(await tagsAt(pool, many.record), 5001, 'each has a row, and the guardian too');
  for (const at of [0, 1, 2499, 4998, 4999]) {
    t.same(await foundFor(gateway, asked[at] ?? ''), [many.record], `a search for number ${at} finds the record`);
  }
  t.same(await foundFor(gateway, guardian), [many.record], 'and so does one for the guardian');
  t.same(await foundFor(gateway, asked[5000] ?? ''), [], 'and one for somebody else does not');

  const one = await gateway.exchange(pensions, { residentIds: asked.slice(0, 1) });
  const sizes = [JSON.stringify(entry).length, JSON.stringify(await gateway.entry(one.record)).length];
  t.ok(
    Math.abs((sizes[0] ?? 0) - (sizes[1] ?? 0)) <= 8,
    `the entry does not grow with them: ${sizes.join(' and ')} bytes`,
  );
  await verifyLedger(t, pool);
});

t.test('one person too many among thousands is still seen', async t => {
  const asked = people(5000);
  const [stranger = ''] = people(5001).slice(-1);
  const gateway = await bulkGateway(t, json({ data: { rows: rowsOf([...asked, stranger]) } }));
  const answer = await gateway.exchange(pensions, { residentIds: asked });
  t.match(answer.body, { code: 'STILE_REPLY_OTHER_SUBJECT' });
});

t.test(
  'what is about more than a record can index is refused by name, and harms nobody',
  { timeout: 60_000 },
  async t => {
    const tooMany = people(50_001);
    const gateway = await bulkGateway(t, (question, response, request) => {
      const { most } = JSON.parse(question.body) as { most: number };
      json({ data: { rows: rowsOf(tooMany.slice(0, most)) } })(question, response, request);
    });
    const pool = storeOf(t, gateway);
    const reply = await gateway.exchange(residents, { most: 50_001 }, { 'accept-language': 'zh' });
    t.equal(reply.status, 502);
    t.match(reply.body, { code: 'STILE_REPLY_TOO_MANY_SUBJECTS', remedy: /50,000.*分批/ });
    t.match(await gateway.entry(reply.record), { outcome: 'failed', stage: 'check-reply', asked: true });

    const request = await gateway.exchange(pensions, { residentIds: tooMany });
    t.equal(request.status, 400);
    t.match(request.body, { code: 'STILE_REQUEST_TOO_MANY_SUBJECTS' });
    t.match(await gateway.entry(request.record), { outcome: 'refused', asked: false });

    const [most, beside] = await Promise.all([
      gateway.exchange(residents, { most: 50_000 }),
      gateway.exchange(residents, { most: 1 }),
    ]);
    t.equal(beside.status, 200);
    t.equal(most.status, 200, most.text.slice(0, 500));
    t.equal(await tagsAt(pool, most.record), 50_000);
  },
);
