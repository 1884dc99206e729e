import { createHash } from 'node:crypto';
import t from 'tap';
import type { AuditRecord } from '../../schemas/stile/audit-record.js';
import type { AuditSearchReply } from '../../schemas/stile/audit-search-reply.js';
import { positionText } from '../../src/ledger/ledger.js';
import { draftOf } from '../ledger/open-store.js';
import { appendTokens, auditGateway, call, looks, type Problem } from './audit-gateway.js';

/** Made up; the check digits are right (GB 11643). */
const li = '440300199003070012';
const wang = '440300198507150038';
const about = (identifier: string, role: 'asked' | 'related' = 'asked') =>
  ({ kind: 'resident', identifier, role }) as const;

t.test('a search shows what it finds, newest first, and is itself recorded before', async t => {
  const gateway = await auditGateway(t);
  const older = positionText(await gateway.ledger.append(draftOf({ subjects: [] }, { case: '深住〔2026〕7号' })));
  const newer = positionText(await gateway.ledger.append(draftOf({ subjects: [about(li)] })));
  for (const role of ['security', 'auditor'] as const) {
    const token = await gateway.token(`staff/${role}`);
    const before = (await looks(gateway)).length;
    const found = await call<AuditSearchReply>(gateway, token, '/audit/search', { kind: 'exchange' });
    t.equal(found.status, 200);
    t.same(
      found.body.entries.map(entry => entry.position),
      [newer, older],
    );
    t.match(found.body.entries[1]?.entry, { kind: 'exchange', case: '深住〔2026〕7号', v: 1 });
    t.notMatch(found.text, /salt|"tag"/);
    const made = (await looks(gateway)).slice(before);
    t.equal(made.length, 1);
    t.match(made[0]?.entry, {
      kind: 'search',
      question: 'search',
      outcome: 'released',
      staff: { id: `staff/${role}`, role },
      filter: { kind: 'exchange' },
      source: '127.0.0.1',
    });
    t.equal(found.body.record, made[0]?.position);
    t.equal(found.headers.get('stile-record'), made[0]?.position);
    t.equal(found.headers.get('cache-control'), 'no-store');
  }
});

t.test('the entry is shown byte by byte as it is in the ledger', async t => {
  const gateway = await auditGateway(t);
  // Members that a parser would put into another order when writing them again.
  const position = positionText(await gateway.ledger.append(draftOf({}, { odd: { '10': 1, '9': 2, é: '住' } })));
  const token = await gateway.token('staff/auditor');
  const found = await call<AuditRecord>(gateway, token, `/audit/records/${position}`);
  const bytes = found.text.slice(found.text.indexOf('"entry":') + 8, -1);
  t.equal(
    found.body.leaf,
    createHash('sha256')
      .update(Buffer.from([0]))
      .update(bytes)
      .digest('hex'),
  );
  const searched = await call<AuditSearchReply>(gateway, token, '/audit/search', { kind: 'exchange' });
  t.ok(searched.text.includes(bytes));
});

t.test('pages go on from the cursor, each entry once, under the one record', async t => {
  const gateway = await auditGateway(t);
  const all: string[] = [];
  for (let count = 0; count < 5; count++) all.unshift(positionText(await gateway.ledger.append(draftOf())));
  const token = await gateway.token('staff/auditor');
  const seen: string[] = [];
  let cursor: string | undefined;
  let record: string | undefined;
  do {
    const page = await call<AuditSearchReply>(gateway, token, '/audit/search', {
      kind: 'exchange',
      limit: 2,
      ...(cursor === undefined ? {} : { cursor }),
    });
    record ??= page.body.record;
    t.equal(page.body.record, record);
    seen.push(...page.body.entries.map(entry => entry.position));
    cursor = page.body.cursor;
  } while (cursor !== undefined);
  t.same(seen, all);
  t.same(
    (await looks(gateway)).map(look => look.position),
    [record],
  );
});

t.test('a page that few entries fit says how far back it came, and the next goes on from there', async t => {
  const gateway = await auditGateway(t);
  const far = positionText(await gateway.ledger.append(draftOf({}, { purpose: 'seldom' })));
  await appendTokens(gateway, 600);
  const token = await gateway.token('staff/auditor');
  // Neither index leads to it at once.
  const question = { kind: 'exchange', outcome: 'released' };
  const replies: AuditSearchReply[] = [];
  let cursor: string | undefined;
  do {
    const page = await call<AuditSearchReply>(gateway, token, '/audit/search', { ...question, cursor });
    replies.push(page.body);
    cursor = page.body.cursor;
    t.equal(page.body.reached === undefined, cursor === undefined, 'with a cursor only');
  } while (cursor !== undefined);
  t.same(
    replies.flatMap(({ entries }) => entries.map(({ position }) => position)),
    [far],
  );
  const reached = replies.slice(0, -1).map(reply => Date.parse(reply.reached ?? ''));
  t.equal(replies[0]?.entries.length, 0);
  t.same(reached, reached.toSorted().toReversed(), 'further back each time');
  t.ok(reached.length > 1 && new Set(reached).size === reached.length);
  t.equal((await looks(gateway)).length, 1, 'all under one record');
});

t.test('a cursor is good for its own question, reader and time only', async t => {
  const gateway = await auditGateway(t);
  for (let count = 0; count < 3; count++) await gateway.ledger.append(draftOf({ subjects: [about(li)] }));
  const mine = await gateway.token('staff/auditor');
  const other = await gateway.token('staff/security');
  const subject = { kind: 'resident', identifier: li };
  const first = await call<AuditSearchReply>(gateway, mine, '/audit/search', { subject, limit: 1 });
  const cursor = first.body.cursor ?? '';
  t.notMatch(Buffer.from(cursor.split('.')[0] ?? '', 'base64url').toString(), li);
  const forged = `${Buffer.from(
    Buffer.from(cursor.split('.')[0] ?? '', 'base64url')
      .toString()
      .replace(/"index":\d+/, '"index":9'),
  ).toString('base64url')}.${cursor.split('.')[1]}`;
  const tries: readonly (readonly [string, string, object])[] = [
    ['another reader', other, { subject, limit: 1, cursor }],
    ['another person', mine, { subject: { kind: 'resident', identifier: wang }, limit: 1, cursor }],
    ['no person', mine, { limit: 1, cursor }],
    ['another filter', mine, { subject, kind: 'exchange', cursor }],
    ['forged', mine, { subject, cursor: forged }],
    ['cut', mine, { subject, cursor: cursor.split('.')[0] }],
    ['nonsense', mine, { subject, cursor: '..' }],
  ];
  for (const [name, token, body] of tries) {
    const answer = await call<Problem>(gateway, token, '/audit/search', body);
    t.equal(answer.status, 400, name);
    t.match(answer.body, { code: 'STILE_SEARCH_INVALID', errors: [{ pointer: '/cursor' }] }, name);
  }
  const asTail = await call<Problem>(gateway, mine, '/audit/tail', { subject, follow: cursor });
  t.match(asTail.body, { code: 'STILE_SEARCH_INVALID', errors: [{ pointer: '/follow' }] }, 'another kind of question');
  t.equal((await call(gateway, mine, '/audit/search', { subject, limit: 2, cursor })).status, 200, 'its own is good');
  const made = await looks(gateway);
  t.equal(made.filter(look => look.entry.outcome === 'refused').length, tries.length + 1);
});

t.test('a person is found without a trace of their number anywhere', async t => {
  const gateway = await auditGateway(t);
  const asked = positionText(await gateway.ledger.append(draftOf({ subjects: [about(li), about(wang, 'related')] })));
  await gateway.ledger.append(draftOf({ subjects: [about(wang)] }));
  const token = await gateway.token('staff/security');
  const search = (identifier: string) =>
    call<AuditSearchReply>(gateway, token, '/audit/search', { subject: { kind: 'resident', identifier } });
  const first = await search(li);
  t.same(
    first.body.entries.map(entry => entry.position),
    [asked],
  );
  const second = await search(li);
  t.same(
    second.body.entries.map(entry => entry.position),
    [first.body.record, asked],
    'the first search is indexed under the person searched for',
  );
  const [look] = await looks(gateway);
  t.match(look?.entry, { filter: { subject: { kind: 'resident' } }, subjects: { count: 1 } });
  const wrong = await call<Problem>(gateway, token, '/audit/search', {
    subject: { kind: 'resident', identifier: '440300199003070013' },
  });
  t.match(wrong.body, { code: 'STILE_SEARCH_INVALID', errors: [{ pointer: '/subject/identifier' }] });
  const { rows } = await gateway.pool.query<{ text: string }>(
    `SELECT string_agg(convert_from(entry, 'UTF8'), ' ') AS text FROM ledger_entries`,
  );
  for (const place of [rows[0]?.text, gateway.log.join(' '), second.text, wrong.text]) {
    t.notMatch(place, /44030019900307001|44030019850715003/);
  }
});
