import t from 'tap';
import type { AuditRecord } from '../../schemas/stile/audit-record.js';
import type { AuditTailReply } from '../../schemas/stile/audit-tail-reply.js';
import { canonicalText } from '../../src/ledger/canonical.js';
import { positionText } from '../../src/ledger/ledger.js';
import { bodyReader } from '../../src/routes/json-body.js';
import { draftOf } from '../ledger/open-store.js';
import { appendTokens, auditGateway, call, looks, type Problem } from './audit-gateway.js';

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

t.test('a follow begins with the last ones that are not too far back', async t => {
  const gateway = await auditGateway(t);
  const token = await gateway.token('staff/security');
  const old = positionText(await gateway.ledger.append(draftOf()));
  const question = { kind: 'exchange', outcome: 'released', last: 1 };
  const begin = async () => {
    const { body } = await call<AuditTailReply>(gateway, token, '/audit/tail', question);
    return body.entries.map(entry => entry.position);
  };
  await appendTokens(gateway, 600);
  t.same(await begin(), [old], 'some pages back');
  await gateway.pool.query("DELETE FROM ledger_entries WHERE kind = 'token'");
  await appendTokens(gateway, 6000);
  t.same(await begin(), [], 'too many');
});

t.test(
  'the schema knows every kind and outcome there is, and every case number that an exchange may state',
  async t => {
    const read = bodyReader<unknown>('audit-search', 'STILE_SEARCH_INVALID');
    const { entryKind, outcome } = await import('../../src/ledger/ledger.js');
    const body = {
      kind: Object.values(entryKind),
      outcome: Object.values(outcome),
      from: '2026-07-01T00:00:00+08:00',
      case: ['深住〔2026〕7号', '12345678901234567', '住房/2026 #7'],
    };
    t.match(read(Buffer.from(canonicalText(body))), { body });
  },
);
