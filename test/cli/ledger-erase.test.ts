import t from 'tap';
import { run as audit } from '../../src/cli/audit.js';
import { run } from '../../src/cli/ledger.js';
import { openGateway, type TestGateway } from '../gateway.js';
import { lines, terminalLike } from './audit-terminal.js';

async function shell(gateway: TestGateway, language = 'C', staff?: string) {
  const token = staff === undefined ? {} : { STILE_TOKEN: await gateway.token(staff) };
  return terminalLike({ STILE_URL: gateway.url, LANG: language, ...token });
}

t.test('a text is erased by its position, and both looks at it then say when and by which entry', async t => {
  const gateway = await openGateway(t);
  const answer = await gateway.call('/operate/agreements/housing-household/suspend', {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token('staff/officer')}`, 'content-type': 'application/json' },
    body: { why: '李某某称其母患病' },
  });
  const record = answer.record ?? '';
  const before = await shell(gateway);
  t.equal(await audit(['show', record], before), 0);
  t.match(before.out(), /^text 文字 +李某某称其母患病$/m);

  const io = await shell(gateway, 'C', 'staff/security');
  t.equal(await run(['erase', record, '--reason', 'request'], io), 0);
  const [, erasure] = /^The text beside \d+\/\d+ is erased for good\. Record (\d+\/\d+)\.$/m.exec(io.out()) ?? [];
  t.match(await gateway.entry(erasure ?? ''), { kind: 'erasure', record });

  const english = await shell(gateway);
  t.equal(await audit(['show', record], english), 0);
  t.match(english.out(), new RegExp(`^text 文字 +text erased on \\d{4}-\\d{2}-\\d{2} \\(record ${erasure}\\)$`, 'm'));
  const chinese = await shell(gateway, 'zh_CN.UTF-8');
  t.equal(await audit(['search', '--kind', 'agreement,erasure', '-n', '2'], chinese), 0);
  t.match(chinese.out(), new RegExp(`删除 ${record}`), 'the erasure itself');
  t.match(chinese.out(), new RegExp(`文字已于 \\d{4}-\\d{2}-\\d{2} 删除（记录 ${erasure}）`), 'and what it erased');
  const machine = await shell(gateway);
  t.equal(await audit(['search', '--kind', 'agreement', '-n', '1', '--json'], machine), 0);
  t.match(JSON.parse(lines(machine.out())[0] ?? ''), { position: record, erased: { record: erasure } });

  const again = await shell(gateway, 'zh_CN.UTF-8', 'staff/security');
  t.equal(await run(['erase', record, '--reason', 'order'], again), 1);
  t.match(again.err(), /该记录旁没有文字 \(STILE_TEXT_NONE\)/);
  const auditor = await shell(gateway, 'C', 'staff/auditor');
  t.equal(await run(['erase', record, '--reason', 'order'], auditor), 1);
  t.match(auditor.err(), /STILE_ROLE_REQUIRED/);
});

t.test('a position and a reason are needed', async t => {
  const away = terminalLike({ STILE_URL: 'http://127.0.0.1:1' });
  for (const words of [[], ['x'], ['0/1', '0/2'], ['--reason', 'order']])
    await t.rejects(run(['erase', ...words], away), /Name one record's position/);
  for (const words of [['0/1'], ['0/1', '--reason', 'because']])
    await t.rejects(run(['erase', ...words], away), /request, an order or a mistake/);
});
