import { createHash } from 'node:crypto';
import t from 'tap';
import type { AuditRecord } from '../../schemas/stile/audit-record.js';
import type { AuditSearchReply } from '../../schemas/stile/audit-search-reply.js';
import type { AuditTailReply } from '../../schemas/stile/audit-tail-reply.js';
import { canonicalText } from '../../src/ledger/canonical.js';
import { readCursor, writeCursor } from '../../src/ledger/cursor.js';
import { LedgerError, positionText } from '../../src/ledger/ledger.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { bodyReader } from '../../src/routes/json-body.js';
import { draftOf } from '../ledger/open-store.js';
import { type AuditGateway, auditGateway, type Controls } from './audit-gateway.js';

/** Made up; the check digits are right (GB 11643). */
const li = '440300199003070012';
const wang = '440300198507150038';
const about = (identifier: string, role: 'asked' | 'related' = 'asked') =>
  ({ kind: 'resident', identifier, role }) as const;

interface Problem {
  readonly code: string;
  readonly record?: string;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
}

async function call<Body>(gateway: AuditGateway, token: string | undefined, path: string, body?: unknown) {
  const answer = await fetch(gateway.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) as Body };
}

interface Row {
  readonly position: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The ledger's entries of kind `search`, oldest first, by SQL and not by the code under test. */
async function looks(gateway: AuditGateway): Promise<readonly Row[]> {
  const { rows } = await gateway.pool.query<{ position: string; entry: Buffer }>(
    `SELECT shard || '/' || index AS position, entry FROM ledger_entries WHERE kind = 'search' ORDER BY shard, index`,
  );
  return rows.map(row => ({ position: row.position, entry: JSON.parse(row.entry.toString()) as Row['entry'] }));
}

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

t.test('a cursor outlives the month but not its twelve hours', async t => {
  const keys = openPeriodKeys(t.testdir());
  const began = Date.parse('2026-01-31T20:00:00Z');
  const written = writeCursor(keys, 'question', { began, state: { at: 7 } });
  const hour = 3_600_000;
  t.same(readCursor(keys, 'question', written, began + 12 * hour), { began, state: { at: 7 } });
  t.equal(readCursor(keys, 'question', written, began + 12 * hour + 1), null);
  t.equal(readCursor(keys, 'another', written, began), null);
  t.equal(readCursor(keys, 'question', `${written}.x`, began), null);
  t.same([...keys.all().keys()], ['2026-01'], 'reading makes no keys');
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

t.test('whoever may not look is refused, and that is recorded', async t => {
  const gateway = await auditGateway(t);
  const position = positionText(await gateway.ledger.append(draftOf()));
  const client = await gateway.token('housing/permits');
  const paths = [
    ['/audit/search', {}],
    ['/audit/tail', {}],
    [`/audit/records/${position}`, undefined],
  ] as const;
  for (const [path, body] of paths) {
    for (const role of ['operator', 'officer'] as const) {
      const answer = await call<Problem>(gateway, await gateway.token(`staff/${role}`), path, body);
      t.equal(answer.status, 403);
      t.equal(answer.body.code, 'STILE_ROLE_REQUIRED');
      const look = (await looks(gateway)).at(-1);
      t.equal(answer.body.record, look?.position);
      t.match(look?.entry, { outcome: 'refused', code: 'STILE_ROLE_REQUIRED', staff: { id: `staff/${role}`, role } });
    }
    const asClient = await call<Problem>(gateway, client, path, body);
    t.equal(asClient.status, 403);
    t.match((await looks(gateway)).at(-1)?.entry, {
      client: 'housing/permits',
      consumer: 'housing',
      outcome: 'refused',
    });
    const stranger = await call<Problem>(gateway, undefined, path, body);
    t.equal(stranger.status, 401);
    t.ok(stranger.headers.get('www-authenticate'));
    const last = (await looks(gateway)).at(-1)?.entry;
    t.match(last, { outcome: 'refused', code: 'STILE_TOKEN_MISSING', source: '127.0.0.1' });
    t.notOk(last && ('staff' in last || 'client' in last));
  }
});

t.test('what is no search is refused with what is wrong, and recorded', async t => {
  const gateway = await auditGateway(t);
  const token = await gateway.token('staff/auditor');
  const tries: readonly (readonly [unknown, string, string | undefined])[] = [
    ['{"limit":1', 'STILE_BODY_NOT_JSON', undefined],
    ['{"limit":1,"limit":2}', 'STILE_BODY_DUPLICATE_KEY', undefined],
    [{ limit: 0 }, 'STILE_SEARCH_INVALID', '/limit'],
    [{ limit: 501 }, 'STILE_SEARCH_INVALID', '/limit'],
    [{ limit: '7' }, 'STILE_SEARCH_INVALID', '/limit'],
    [{ surname: 'Li' }, 'STILE_SEARCH_INVALID', '/surname'],
    [{ kind: 'exchanges' }, 'STILE_SEARCH_INVALID', '/kind'],
    [{ from: 'yesterday' }, 'STILE_SEARCH_INVALID', '/from'],
    [{ from: '2026-13-01T00:00:00Z' }, 'STILE_SEARCH_INVALID', '/from'],
    [{ from: '2026-02-01T00:00:00Z', until: '2026-02-01T00:00:00Z' }, 'STILE_SEARCH_INVALID', '/until'],
    [{ service: [] }, 'STILE_SEARCH_INVALID', '/service'],
    [{ case: `号${li}` }, 'STILE_SEARCH_INVALID', '/case'],
    [{ consumer: li }, 'STILE_SEARCH_INVALID', '/consumer'],
    [{ operator: 'a\u0000b' }, 'STILE_SEARCH_INVALID', '/operator'],
    [{ subject: { kind: 'resident' } }, 'STILE_SEARCH_INVALID', '/subject/identifier'],
    [{ subject: { kind: 'organisation', identifier: li } }, 'STILE_SEARCH_INVALID', '/subject/identifier'],
    [{ [li]: 1 }, 'STILE_SEARCH_INVALID', ''],
    [JSON.stringify({ cursor: 'x'.repeat(200_000) }), 'STILE_BODY_TOO_LARGE', undefined],
  ];
  for (const [body, code, pointer] of tries) {
    const name = JSON.stringify(body).slice(0, 60);
    const answer = await call<Problem>(gateway, token, '/audit/search', body);
    t.equal(answer.body.code, code, name);
    if (pointer !== undefined)
      t.ok(
        answer.body.errors?.some(error => error.pointer === pointer),
        name,
      );
    const look = (await looks(gateway)).at(-1);
    t.equal(answer.body.record, look?.position, name);
    t.match(look?.entry, { outcome: 'refused', code, staff: { id: 'staff/auditor' } }, name);
    t.notMatch(answer.text + JSON.stringify(look?.entry), li, name);
  }
  t.equal((await looks(gateway)).length, tries.length);
  const form = await fetch(`${gateway.url}/audit/search`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'accept-language': 'zh-CN' },
    body: new URLSearchParams({ limit: '1' }),
  });
  t.equal(form.status, 415);
  t.match(await form.json(), { code: 'STILE_MEDIA_TYPE', title: '不支持的内容类型' });
});

t.test('without a record nothing is shown', async t => {
  const controls: Controls = {};
  const gateway = await auditGateway(t, controls);
  const position = positionText(await gateway.ledger.append(draftOf({}, { case: 'secret-7' })));
  const token = await gateway.token('staff/auditor');
  const opened = await call<AuditTailReply>(gateway, token, '/audit/tail', {});
  controls.refuse = new LedgerError('deadline', 'not durable in time');
  for (const [path, body] of [
    ['/audit/search', {}],
    ['/audit/tail', { last: 5 }],
    [`/audit/records/${position}`, undefined],
    ['/audit/search', { limit: 0 }],
  ] as const) {
    const answer = await call<Problem>(gateway, token, path, body);
    t.equal(answer.status, 503);
    t.equal(answer.body.code, 'STILE_RECORD_UNAVAILABLE');
    t.equal(answer.headers.get('retry-after'), '1');
    t.notMatch(answer.text, 'secret-7');
  }
  const goesOn = await call(gateway, token, '/audit/tail', { follow: opened.body.follow });
  t.equal(goesOn.status, 200, 'a follow that is recorded goes on');
});

t.test('a record is looked at by its position, and unknown ones are said so', async t => {
  const gateway = await auditGateway(t);
  const position = positionText(await gateway.ledger.append(draftOf()));
  const token = await gateway.token('staff/auditor');
  const found = await call<AuditRecord>(gateway, token, `/audit/records/${position}`);
  t.equal(found.status, 200);
  t.match(found.body, { position, entry: { kind: 'exchange' } });
  t.equal(Date.parse(found.body.time), Date.parse(String(found.body.entry.time)));
  t.match((await looks(gateway)).at(-1), {
    position: found.body.record,
    entry: { question: 'record', record: position },
  });
  for (const unknown of ['0/99', '7/0', '0/-1', '0/1e3', '0/00', 'x/y', '99999999999/0', `0/${'9'.repeat(17)}`]) {
    const answer = await call<Problem>(gateway, token, `/audit/records/${unknown}`);
    t.equal(answer.status, 404, unknown);
    t.equal(answer.body.code, 'STILE_RECORD_UNKNOWN', unknown);
    t.match((await looks(gateway)).at(-1)?.entry, { outcome: 'refused', code: 'STILE_RECORD_UNKNOWN' }, unknown);
  }
});

t.test('a follow shows the last ones, then each new one once, under one record', async t => {
  const gateway = await auditGateway(t);
  const token = await gateway.token('staff/security');
  const append = async (members = {}) => positionText(await gateway.ledger.append(draftOf({ subjects: [] }, members)));
  const old = [await append(), await append(), await append()];
  const filter = { kind: 'exchange', outcome: ['released', 'refused'] };
  const positions = (reply: AuditTailReply) => reply.entries.map(entry => entry.position);
  const first = await call<AuditTailReply>(gateway, token, '/audit/tail', { ...filter, last: 2 });
  t.same(positions(first.body), old.slice(1), 'oldest first');
  const step = async (before: AuditTailReply, more: object = {}) =>
    (await call<AuditTailReply>(gateway, token, '/audit/tail', { ...filter, follow: before.follow, ...more })).body;
  const second = await step(first.body);
  t.same(positions(second), [], 'its own entry is no exchange');
  const fresh = [await append(), await append({ outcome: 'refused', code: 'STILE_QUOTA' })];
  await append({ outcome: 'failed' });
  const third = await step(second, { limit: 1 });
  t.same(positions(third), fresh.slice(0, 1));
  t.equal(third.more, true);
  const fourth = await step(third);
  t.same(positions(fourth), fresh.slice(1));
  t.equal(fourth.more, false);
  t.same(positions(await step(second)), fresh, 'a lost answer can be asked for again');
  const made = await looks(gateway);
  t.equal(made.length, 1);
  t.match(made[0], { position: first.body.record, entry: { question: 'tail', last: 2, filter } });
  const begunAgain = await call<AuditTailReply>(gateway, token, '/audit/tail', { ...filter, after: second.reach });
  t.same(positions(begunAgain.body), fresh, 'a follow may begin where another ended');
  t.match((await looks(gateway)).at(-1)?.entry, { after: second.reach });
});

t.test('the schemas know every kind and outcome there is, and their examples fit', async t => {
  const read = bodyReader<unknown>('audit-search', 'STILE_SEARCH_INVALID');
  const { entryKind, outcome } = await import('../../src/ledger/ledger.js');
  const body = { kind: Object.values(entryKind), outcome: Object.values(outcome), from: '2026-07-01T00:00:00+08:00' };
  t.match(read(Buffer.from(canonicalText(body))), { body });
});
