import type { Pool } from 'pg';
import { pino } from 'pino';
import t from 'tap';
import type { AuditTailReply } from '../../schemas/stile/audit-tail-reply.js';
import { LedgerError, positionText } from '../../src/ledger/ledger.js';
import { openSearchPool } from '../../src/ledger/search-pool.js';
import { withSetting } from '../../src/store/session-setting.js';
import { draftOf } from '../ledger/open-store.js';
import { auditGateway, type Controls, call, looks, type Problem } from './audit-gateway.js';

const logger = pino({ level: 'silent' });

/** Made up; the check digit is right (GB 11643). */
const li = '440300199003070012';

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

/** The ways that every kind of look may take to the store. */
const looksAt = (position: string) =>
  [
    ['/audit/search', {}],
    ['/audit/tail', { last: 1 }],
    ['/audit/tail', { after: { '0': 0 } }],
    [`/audit/records/${position}`, undefined],
  ] as const;

t.test('a search that takes too long is stopped, and recorded', async t => {
  let searches: Pool | undefined;
  const gateway = await auditGateway(t, {
    searches(database) {
      searches = openSearchPool(database, logger);
      searches.options.statement_timeout = 50;
      return searches;
    },
  });
  const position = positionText(await gateway.ledger.append(draftOf()));
  const token = await gateway.token('staff/auditor');
  for (const [path, body] of looksAt(position)) {
    // Somebody holds the table; once the search has given up waiting, its connection goes.
    const holder = await gateway.pool.connect();
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE ledger_entries IN ACCESS EXCLUSIVE MODE');
    const stopped = new Promise(resolve => searches?.once('remove', resolve));
    const answering = call<Problem>(gateway, token, path, body);
    await stopped;
    await holder.query('ROLLBACK');
    holder.release();
    const answer = await answering;
    t.equal(answer.status, 422, path);
    const look = (await looks(gateway)).at(-1);
    t.match(answer.body, { code: 'STILE_SEARCH_TOO_WIDE', record: look?.position }, path);
    t.match(look?.entry, { outcome: 'refused', code: 'STILE_SEARCH_TOO_WIDE', staff: { id: 'staff/auditor' } }, path);
  }
});

t.test('a search that the store does not answer, or that is a bug, shows nothing and is recorded', async t => {
  const nowhere = () => openSearchPool('postgres://127.0.0.1:1/none', logger);
  const senseless = (database: string) => openSearchPool(withSetting(database, 'search_path', 'nowhere'), logger);
  for (const [searches, code, status] of [
    [nowhere, 'STILE_SEARCH_UNAVAILABLE', 503],
    [senseless, 'STILE_FAULT', 500],
  ] as const) {
    const gateway = await auditGateway(t, { searches });
    const position = positionText(await gateway.ledger.append(draftOf()));
    const token = await gateway.token('staff/auditor');
    for (const [path, body] of looksAt(position)) {
      const answer = await call<Problem>(gateway, token, path, body);
      t.equal(answer.status, status, path);
      const look = (await looks(gateway)).at(-1);
      t.match(answer.body, { code, record: look?.position }, path);
      t.match(look?.entry, { outcome: 'failed', code, staff: { id: 'staff/auditor' } }, path);
      t.notMatch(answer.text, 'ledger_entries', 'nor a word of the statement');
    }
  }
});
