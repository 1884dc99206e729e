/** Reconciliations that are refused: who may not ask, what makes no sense, and lists that cannot be read; each is on record. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { openGateway, withoutCounting } from '../gateway.js';
import { newId } from '../ledger/open-store.js';
import { compare, csvOf, entriesIn, service } from './reconciling.js';

t.test('who may not, what makes no sense, and lists that cannot be read: refused, and on record', async t => {
  const gateway = await openGateway(t, { change: withoutCounting });
  const good = csvOf([newId()]);
  for (const [list, asking, status, code, errors] of [
    [good, { as: 'staff/officer' }, 403, 'STILE_ROLE_REQUIRED', undefined],
    [good, { as: 'housing/permits' }, 403, 'STILE_ROLE_REQUIRED', undefined],
    [good, { query: { service: 'civil-affairs/nothing/v1' } }, 400, 'STILE_RECONCILIATION_INVALID', ['/service']],
    [good, { query: { from: 'yesterday' } }, 400, 'STILE_RECONCILIATION_INVALID', ['/from']],
    [
      good,
      { query: { from: '2026-01-02T00:00:00Z', until: '2026-01-02T00:00:00Z' } },
      400,
      'STILE_RECONCILIATION_INVALID',
      ['/until'],
    ],
    [good, { query: { column: '' } }, 400, 'STILE_RECONCILIATION_INVALID', ['/column']],
    [good, { query: { colum: 'x' } }, 400, 'STILE_RECONCILIATION_INVALID', ['']],
    [good, { type: 'application/json' }, 415, 'STILE_LIST_TYPE', undefined],
    ['id\n1\n', {}, 400, 'STILE_LIST_INVALID', ['']],
  ] as const) {
    const told = await compare(gateway, list, asking);
    t.equal(told.status, status, code);
    t.equal(told.problem.code, code);
    t.same(
      told.problem.errors?.map(({ pointer }) => pointer),
      errors,
    );
    t.match(await gateway.entry(told.problem.record ?? null), { kind: 'reconciliation', outcome: 'refused', code });
  }
  const bad = `requestId,n\n${newId()},1\n,2\n"a"b,3\n440304198804123031 x,4\n${newId()}\n`;
  for (const [language, lines] of [
    ['en', [/^line 3: the request id/, /^line 4: its quotes/, /^line 5: the request id/, /^line 6: has another/]],
    ['zh', [/^第 3 行：请求编号/, /^第 4 行：引号/, /^第 5 行：请求编号/, /^第 6 行：列数/]],
  ] as const) {
    const told = await compare(gateway, bad, { language });
    t.match(
      told.problem.errors?.map(({ message }) => message),
      lines,
    );
    t.equal(told.problem.errors?.length, 4);
  }
  const stranger = await fetch(`${gateway.url}/audit/reconciliations?service=${service}`, {
    method: 'POST',
    body: good,
  });
  t.equal(stranger.status, 415, 'text/plain');
  t.notMatch(await entriesIn(t, gateway), /440304198804123031|"counts"/, 'no entry of these holds a value or a count');
});

t.test('a list that says it is too large is refused before it is sent', async t => {
  const gateway = await openGateway(t);
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'text/csv',
    'content-length': 256 * 1024 * 1024 + 1,
  };
  const sent = request(`${gateway.url}/audit/reconciliations?service=${service}`, { method: 'POST', headers });
  sent.on('error', () => {});
  sent.flushHeaders();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  t.equal(answer.statusCode, 413);
  t.match(JSON.parse(await text(answer)), { code: 'STILE_BODY_TOO_LARGE', record: /^\d+\/\d+$/ });
  t.equal((await compare(gateway, 'requestId\n')).status, 200, 'and does not keep the next one waiting');
});
