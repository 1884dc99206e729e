import t from 'tap';
import { recordLines } from '../../src/cli/audit-show.js';
import { entryTable } from '../../src/cli/entry-table.js';

t.test('entries of every kind are told in words', async t => {
  const row = (entry: Record<string, unknown>) => ({ position: '0/1', time: '2026-07-24T02:14:00.000Z', entry });
  const told = (entry: Record<string, unknown>, language: 'zh' | 'en') => {
    const rows = [row(entry)];
    return entryTable({ width: undefined, colour: false, language }, rows).linesOf(rows[0] ?? row({}))[0] ?? '';
  };
  const staff = { id: 'staff/auditor', role: 'auditor' };
  const service = 'civil-affairs/marriage-status/v1';
  for (const [entry, english, chinese] of [
    [{ kind: 'exchange', service }, service, service],
    [{ kind: 'explain', service }, `explain ${service}`, `预检 ${service}`],
    [{ kind: 'refusals', count: 37, sources: [{ source: '192.0.2.1', count: 37 }] }, '192.0.2.1  refusals ×37', '×37'],
    [
      { kind: 'search', staff, filter: { subject: { kind: 'resident' }, outcome: ['refused', 'failed'] } },
      'staff/auditor  search a person outcome=refused,failed',
      '检索 某个人 outcome=refused,failed',
    ],
    [{ kind: 'search', staff, question: 'record', record: '0/42' }, 'search record 0/42', '检索 记录 0/42'],
    [
      { kind: 'agreement', action: 'suspend', agreement: { id: 'a-1' } },
      'agreement suspend a-1',
      '共享协议 suspend a-1',
    ],
    [{ kind: 'newer', outcome: 'odd', service: ['x'] }, 'odd', '["x"]'],
  ] as const) {
    t.match(told({ ...entry }, 'en'), english);
    t.match(told({ ...entry }, 'zh'), chinese);
  }
  const record = {
    record: '0/2',
    position: '0/1',
    time: '',
    leaf: 'ab',
    entry: { time: '2026-07-24T02:14:00.000Z', odd: [{ a: 1 }] },
  };
  t.match(recordLines(record, { width: undefined, colour: false, language: 'en' }).join('\n'), /^odd +a: 1$/m);
});
