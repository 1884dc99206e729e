import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { displayWidth } from '../../src/cli/display.js';
import { run } from '../../src/cli/ledger.js';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { openGateway } from '../gateway.js';
import { newId } from '../ledger/open-store.js';
import { lines, terminalLike } from './audit-terminal.js';

const service = 'civil-affairs/marriage-status/v1';

/** A gateway that has exchanged three times, and the department's list of them. */
async function exchanged(t: Test) {
  const gateway = await openGateway(t);
  const { residentId } = sampleResidents.married;
  for (let at = 0; at < 3; at++) await gateway.exchange(service, { residentId });
  const folder = t.testdir({});
  const list = gateway.departments.civilAffairs.export('marriages');
  const file = (text: string, name = 'served.csv') => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const at = { STILE_URL: gateway.url };
  return { gateway, list, file, at };
}

t.test('0 without a difference, 2 with one, each named in a table no wider than the terminal', async t => {
  const { list, file, at } = await exchanged(t);
  const same = terminalLike(at, 100);
  t.equal(await run(['reconcile', file(list), '--service', service], same), 0);
  t.match(same.out(), / 3 {2}in both\n/);
  t.notMatch(same.out(), 'FINDING');
  t.match(same.err(), /This comparison is record \d+\/\d+\./);

  const foreign = newId();
  const [, first = '', second = ''] = list.split('\r\n');
  const altered = list.replace(`${first}\r\n`, '').replace(second, `${second}\r\n2026-01-01,${foreign},marriages`);
  for (const width of [80, 120, 200]) {
    for (const [language, served, missing] of [
      ['en', 'served, no record', 'recorded, not in list'],
      ['zh', '部门已答，无记录', '有记录，部门无此请求'],
    ] as const) {
      const io = terminalLike({ ...at, LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'C' }, width);
      t.equal(await run(['reconcile', file(altered), '--service', service], io), 2);
      const shown = lines(io.out());
      for (const line of shown) t.ok(displayWidth(line) <= width && line === line.trimEnd(), line);
      t.match(shown.at(-2), `${served.slice(0, 8)}`);
      t.ok(shown.at(-2)?.includes(foreign));
      t.match(shown.at(-1), `${missing.slice(0, 5)}`);
      t.ok(shown.at(-1)?.includes(first.split(',')[1] ?? 'x'));
    }
  }
});

t.test('--json is the gateway’s answer; another column, NDJSON by its first character', async t => {
  const { list, file, at } = await exchanged(t);
  const ids = list
    .split('\r\n')
    .slice(1, -1)
    .map(line => line.split(',')[1]);
  const io = terminalLike(at);
  const ndjson = ids.map(rid => `${JSON.stringify({ rid })}\n`).join('');
  t.equal(
    await run(['reconcile', file(ndjson, 'served.txt'), '--service', service, '--column', 'rid', '--json'], io),
    0,
  );
  const [head = '', ...more] = lines(io.out());
  t.same(more, []);
  t.match(JSON.parse(head), { service, counts: { listed: 3, matched: 3 }, list: { bytes: ndjson.length } });
  t.equal(io.err(), '');

  const empty = terminalLike(at);
  t.equal(await run(['reconcile', file('requestId\n'), '--service', service, '--since', '1h', '--json'], empty), 2);
  t.same(
    lines(empty.out())
      .slice(1)
      .map(line => JSON.parse(line).requestId),
    ids,
  );
});

t.test('what came after the file was written is not held against the department', async t => {
  const { file, at } = await exchanged(t);
  const old = file('requestId\n');
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(old, hourAgo, hourAgo);
  const io = terminalLike(at);
  t.equal(await run(['reconcile', old, '--service', service, '--json'], io), 0);
  t.equal(JSON.parse(io.out()).until, hourAgo.toISOString());
  const now = terminalLike(at);
  t.equal(await run(['reconcile', old, '--service', service, '--until', new Date().toISOString()], now), 2);
});

t.test('1 when nothing was compared, with why in both languages', async t => {
  const { list, file, at } = await exchanged(t);
  const good = file(list);
  for (const [words, en, zh] of [
    [[], 'stile ledger reconcile FILE', 'stile ledger reconcile FILE'],
    [['compare'], 'stile ledger reconcile FILE', 'stile ledger reconcile FILE'],
    [['reconcile', '--service', service], 'Name one file', '请写一个清单文件'],
    [['reconcile', good], 'Name the service', '请以 --service'],
    [['reconcile', good, '--service', service, '--form', 'x'], 'not known', '无法识别'],
    [['reconcile', good, '--service', service, '--from', '31:00'], '--from: write it', '--from: 请写'],
    [['reconcile', good, '--service', service, '--since', 'x'], '--since: write it', '--since: 请写'],
    [['reconcile', `${good}.not`, '--service', service], /cannot be read: .*ENOENT/, /无法读取清单 .*ENOENT/],
    [['reconcile', good, '--service', 'a/b/v1'], 'STILE_RECONCILIATION_INVALID', '请写已登记的数据服务'],
    [['reconcile', file('requestId\na b\n', 'bad.csv'), '--service', service], 'line 2: the request id', '第 2 行'],
  ] as const) {
    for (const [language, wanted] of [
      ['C', en],
      ['zh_CN.UTF-8', zh],
    ] as const) {
      const io = terminalLike({ ...at, LANG: language });
      t.equal(await run([...words], io), 1, words.join(' '));
      t.match(io.err(), wanted);
      t.equal(io.out(), '');
    }
  }
  const nobody = terminalLike({ STILE_URL: 'http://127.0.0.1:1' });
  t.equal(await run(['reconcile', good, '--service', service], nobody), 1);
  t.match(nobody.err(), 'cannot be reached');
});

t.test('an answer that breaks off is not taken for all of it', async t => {
  const { gateway, file, at } = await exchanged(t);
  const many = Array.from({ length: 30_000 }, newId).join('\n');
  const io = terminalLike(at);
  io.stdout.once('data', () => gateway.app.server.closeAllConnections());
  t.equal(await run(['reconcile', file(`requestId\n${many}\n`), '--service', service], io), 1);
  t.match(io.err(), 'broke off');
});
