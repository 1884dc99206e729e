import t from 'tap';
import { run } from '../../src/cli/audit.js';
import { displayWidth } from '../../src/cli/display.js';
import { appendTokens } from '../routes/audit-gateway.js';
import { at, filled, li, lines, terminalLike } from './audit-terminal.js';

t.test('search shows a table no wider than the terminal, newest first', async t => {
  const { gateway, released, refused, failed } = await filled(t);
  for (const width of [80, 120, 200]) {
    for (const [language, title, word] of [
      ['en', 'WHO', 'refused'],
      ['zh', '调用方', '已拒绝'],
    ] as const) {
      const io = terminalLike(at(gateway, { LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'C' }), width);
      t.equal(await run(['search', '--kind', 'exchange'], io), 0);
      const shown = lines(io.out());
      t.match(shown[0], title);
      t.equal(displayWidth(shown[1] ?? ''), width, 'the rule is as wide as the terminal');
      for (const line of shown) t.ok(displayWidth(line) <= width && line === line.trimEnd(), line);
      t.match(
        shown.slice(2).map(line => line.split(/ +/)[1]),
        [failed, refused, released],
      );
      t.match(shown[3], word);
      t.match(io.err(), language === 'zh' ? '共 3 条' : '3 found');
    }
  }
});

t.test('colour is by outcome, and only where it is wanted', async t => {
  const { gateway } = await filled(t);
  const colours = terminalLike(at(gateway, { NO_COLOR: '' }), 120);
  await run(['search', '--kind', 'exchange'], colours);
  const [, , failed = '', refused = '', released = ''] = lines(colours.out());
  t.match(failed, '\u001b[31mfailed');
  t.match(refused, '\u001b[33mrefused');
  t.match(released, '\u001b[32mreleased');
  const plain = terminalLike(at(gateway), 120);
  await run(['search', '--kind', 'exchange'], plain);
  t.notMatch(plain.out() + plain.err(), '\u001b');
  const piped = terminalLike(at(gateway, { NO_COLOR: '' }));
  await run(['search', '--kind', 'exchange'], piped);
  t.notMatch(piped.out() + piped.err(), '\u001b');
  t.match(lines(piped.out())[1], /^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z/, 'a whole time for other programs');
});

t.test('--json gives one object a line, with the exact entry', async t => {
  const { gateway, released } = await filled(t);
  const io = terminalLike(at(gateway));
  t.equal(await run(['search', '--json', '--case', '深住〔2026〕7号'], io), 0);
  const [line = '', ...more] = lines(io.out());
  t.equal(more.length, 0);
  t.match(JSON.parse(line), { position: released, entry: { kind: 'exchange', operator: { id: 'W0231' } } });
  t.equal(io.err(), '');
});

t.test('filters go to the gateway, and --limit over as many pages as it takes', async t => {
  const { gateway, append, refused } = await filled(t);
  const one = terminalLike(at(gateway));
  await run(['search', '--code', 'agreement-suspended', '--since', '1h', '--json'], one);
  t.match(
    lines(one.out()).map(line => JSON.parse(line)),
    [{ position: refused }],
  );
  for (let count = 0; count < 510; count += 102) await Promise.all([...Array(102)].map(() => append()));
  const all = terminalLike(at(gateway));
  await run(['search', '--kind', 'exchange', '-n', '505', '--json'], all);
  const found = lines(all.out()).map(line => (JSON.parse(line) as { position: string }).position);
  t.equal(found.length, 505);
  t.equal(new Set(found).size, 505);
});

t.test('search goes on as far back as it takes, and tells how far it has come', async t => {
  const { gateway, released } = await filled(t);
  await appendTokens(gateway, 6000);
  const words = ['search', '--kind', 'exchange', '--outcome', 'released', '-n', '2'];
  for (const [language, told] of [
    ['en', 'searched back to 20'],
    ['zh', '已检索到 20'],
  ] as const) {
    const io = terminalLike(at(gateway), 100);
    t.equal(await run([...words, '--language', language], io), 0);
    t.match(io.out(), released);
    t.ok(io.err().startsWith(told));
    t.match(io.err(), language === 'en' ? '\r\u001b[K1 found.' : '\r\u001b[K共 1 条');
  }
  const piped = terminalLike(at(gateway));
  t.equal(await run([...words, '--json'], piped), 0);
  t.equal(lines(piped.out()).length, 1);
  t.equal(piped.err(), '', 'not where nobody watches');
  const ended = terminalLike(at(gateway), 100);
  const running = run(words, ended);
  await ended.shows('searched back');
  ended.end();
  t.equal(await running, 1);
  t.notMatch(ended.err(), 'Nothing found. ', 'nobody is told that there is nothing');
});

t.test('a number is taken from standard input, and refused as a word', async t => {
  const { gateway, released, refused } = await filled(t);
  const piped = terminalLike(at(gateway), undefined, ` ${li.slice(0, 6)} ${li.slice(6)}\n`);
  t.equal(await run(['search', '--kind', 'exchange', '--subject', '-', '--json'], piped), 0);
  t.same(
    lines(piped.out()).map(line => (JSON.parse(line) as { position: string }).position),
    [refused, released],
  );
  const typed = terminalLike(at(gateway), 80, undefined, true);
  const running = run(['search', '--kind', 'exchange', '--subject', '-'], typed);
  await typed.shows('not shown');
  typed.stdin.push(`${li}\r`);
  t.equal(await running, 0);
  t.match(typed.err(), '2 found');
  t.notMatch(typed.out() + typed.err(), li);
  const before = await gateway.pool.query('SELECT 1 FROM ledger_entries');
  for (const words of [
    ['search', '--subject', li],
    ['search', `--subject=${li}`],
    ['search', li],
    ['search', `--${li}`],
  ]) {
    const io = terminalLike(at(gateway));
    t.equal(await run(words, io), 2, words.join(' '));
    t.notMatch(io.out() + io.err(), li);
  }
  const told = terminalLike(at(gateway, { LANG: 'zh_CN.UTF-8' }));
  await run(['search', '--subject', li], told);
  t.match(told.err(), '命令历史');
  const wrong = terminalLike(at(gateway), undefined, '440300199003070013\n');
  t.equal(await run(['search', '--subject', '-'], wrong), 2);
  t.match(wrong.err(), 'nothing was searched');
  t.equal((await gateway.pool.query('SELECT 1 FROM ledger_entries')).rowCount, before.rowCount);
});

t.test('show tells one record in both languages, and exactly with --json', async t => {
  const { gateway, released } = await filled(t);
  const io = terminalLike(at(gateway), 60);
  t.equal(await run(['show', released], io), 0);
  t.match(io.out(), /^case 办件编号 +深住〔2026〕7号$/m);
  t.match(io.out(), /^outcome 结果 +released$/m);
  for (const line of lines(io.out())) t.ok(displayWidth(line) <= 60, line);
  const chinese = terminalLike(at(gateway), 60);
  t.equal(await run(['show', released, '--language', 'zh'], chinese), 0);
  t.match(chinese.out(), /^办件编号 case +深住〔2026〕7号$/m);
  t.match(chinese.out(), /^结果 outcome +released {2}已放行$/m);
  const exact = terminalLike(at(gateway));
  t.equal(await run(['show', released, '--json'], exact), 0);
  t.match(JSON.parse(exact.out()), { position: released, leaf: /^[0-9a-f]{64}$/, entry: { v: 1 } });
  const none = terminalLike(at(gateway));
  t.equal(await run(['show', '0/99'], none), 1);
  t.match(none.err(), 'STILE_RECORD_UNKNOWN');
});

t.test('whoever may not look is told so, and so is a gateway that is not there', async t => {
  const { gateway } = await filled(t);
  const officer = terminalLike(at(gateway, { STILE_TOKEN: await gateway.token('staff/officer') }));
  for (const words of [['search'], ['tail', '--follow'], ['show', '0/0']]) t.equal(await run(words, officer), 1);
  t.match(officer.err(), 'STILE_ROLE_REQUIRED');
  t.equal(officer.out(), '');
  const nobody = terminalLike({ STILE_URL: 'http://127.0.0.1:1', LANG: 'zh_CN.UTF-8' });
  t.equal(await run(['search'], nobody), 1);
  t.match(nobody.err(), '无法连接网关');
});
