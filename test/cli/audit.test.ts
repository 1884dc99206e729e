import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { run } from '../../src/cli/audit.js';
import { readOptions } from '../../src/cli/audit-options.js';
import { recordLines } from '../../src/cli/audit-show.js';
import { displayWidth } from '../../src/cli/display.js';
import { entryTable } from '../../src/cli/entry-table.js';
import type { Io } from '../../src/cli/io.js';
import { momentAgo, momentOf, zoneOf } from '../../src/cli/moment.js';
import { positionText } from '../../src/ledger/ledger.js';
import { draftOf } from '../ledger/open-store.js';
import { type AuditGateway, auditGateway, type Controls } from '../routes/audit-gateway.js';

/** Made up; the check digit is right (GB 11643). */
const li = '440300199003070012';

interface Console extends Io {
  out(): string;
  err(): string;
  /** Resolves once the output holds the text. */
  shows(text: string): Promise<void>;
  end(): void;
}

/** A terminal of that width, or, without one, what a pipe or a file gets. */
function console_(environment: Io['environment'], columns?: number, typed?: string, keyboard = false): Console {
  const stream = () => Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const [stdout, stderr] = [stream(), stream()];
  const stdin = Object.assign(new PassThrough(), keyboard ? { isTTY: true, setRawMode: () => stdin } : {});
  if (typed !== undefined) stdin.end(typed);
  const texts = new Map<PassThrough, string>([
    [stdout, ''],
    [stderr, ''],
  ]);
  for (const each of [stdout, stderr]) {
    each.setEncoding('utf8').on('data', (chunk: string) => texts.set(each, (texts.get(each) ?? '') + chunk));
  }
  const controller = new AbortController();
  const text = (of: PassThrough) => texts.get(of) ?? '';
  return {
    stdin,
    stdout,
    stderr,
    environment: { NO_COLOR: '1', ...environment },
    ended: controller.signal,
    out: () => text(stdout),
    err: () => text(stderr),
    async shows(wanted) {
      while (!text(stdout).includes(wanted) && !text(stderr).includes(wanted)) {
        await Promise.race([once(stdout, 'data'), once(stderr, 'data')]);
      }
    },
    end: () => controller.abort(),
  };
}

const lines = (text: string): string[] => text.split('\n').slice(0, -1);

async function filled(t: Parameters<typeof auditGateway>[0], controls: Controls = {}) {
  const gateway = await auditGateway(t, controls);
  const append = async (
    members: object = {},
    subjects = [{ kind: 'resident', identifier: li, role: 'asked' as const }],
  ) => positionText(await gateway.ledger.append(draftOf({ subjects }, { ...members })));
  const released = await append({ case: '深住〔2026〕7号', operator: { id: 'W0231', assurance: 'asserted' } });
  const refused = await append({ outcome: 'refused', code: 'STILE_AGREEMENT_SUSPENDED' });
  const failed = await append({ outcome: 'failed', code: 'STILE_DEPARTMENT_TIMEOUT' }, []);
  return { gateway, append, released, refused, failed };
}

const at = ({ url }: AuditGateway, more: Io['environment'] = {}): Io['environment'] => ({ STILE_URL: url, ...more });

t.test('search shows a table no wider than the terminal, newest first', async t => {
  const { gateway, released, refused, failed } = await filled(t);
  for (const width of [80, 120, 200]) {
    for (const [language, title, word] of [
      ['en', 'WHO', 'refused'],
      ['zh', '调用方', '已拒绝'],
    ] as const) {
      const io = console_(at(gateway, { LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'C' }), width);
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
  const colours = console_(at(gateway, { NO_COLOR: '' }), 120);
  await run(['search', '--kind', 'exchange'], colours);
  const [, , failed = '', refused = '', released = ''] = lines(colours.out());
  t.match(failed, '\u001b[31mfailed');
  t.match(refused, '\u001b[33mrefused');
  t.match(released, '\u001b[32mreleased');
  const plain = console_(at(gateway), 120);
  await run(['search', '--kind', 'exchange'], plain);
  t.notMatch(plain.out() + plain.err(), '\u001b');
  const piped = console_(at(gateway, { NO_COLOR: '' }));
  await run(['search', '--kind', 'exchange'], piped);
  t.notMatch(piped.out() + piped.err(), '\u001b');
  t.match(lines(piped.out())[1], /^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z/, 'a whole time for other programs');
});

t.test('--json gives one object a line, with the exact entry', async t => {
  const { gateway, released } = await filled(t);
  const io = console_(at(gateway));
  t.equal(await run(['search', '--json', '--case', '深住〔2026〕7号'], io), 0);
  const [line = '', ...more] = lines(io.out());
  t.equal(more.length, 0);
  t.match(JSON.parse(line), { position: released, entry: { kind: 'exchange', operator: { id: 'W0231' } } });
  t.equal(io.err(), '');
});

t.test('filters go to the gateway, and --limit over as many pages as it takes', async t => {
  const { gateway, append, refused } = await filled(t);
  const one = console_(at(gateway));
  await run(['search', '--code', 'agreement-suspended', '--since', '1h', '--json'], one);
  t.match(
    lines(one.out()).map(line => JSON.parse(line)),
    [{ position: refused }],
  );
  for (let count = 0; count < 510; count += 102) await Promise.all([...Array(102)].map(() => append()));
  const all = console_(at(gateway));
  await run(['search', '--kind', 'exchange', '-n', '505', '--json'], all);
  const found = lines(all.out()).map(line => (JSON.parse(line) as { position: string }).position);
  t.equal(found.length, 505);
  t.equal(new Set(found).size, 505);
});

t.test('a number is taken from standard input, and refused as a word', async t => {
  const { gateway, released, refused } = await filled(t);
  const piped = console_(at(gateway), undefined, ` ${li.slice(0, 6)} ${li.slice(6)}\n`);
  t.equal(await run(['search', '--kind', 'exchange', '--subject', '-', '--json'], piped), 0);
  t.same(
    lines(piped.out()).map(line => (JSON.parse(line) as { position: string }).position),
    [refused, released],
  );
  const typed = console_(at(gateway), 80, undefined, true);
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
    const io = console_(at(gateway));
    t.equal(await run(words, io), 2, words.join(' '));
    t.notMatch(io.out() + io.err(), li);
  }
  const told = console_(at(gateway, { LANG: 'zh_CN.UTF-8' }));
  await run(['search', '--subject', li], told);
  t.match(told.err(), '命令历史');
  const wrong = console_(at(gateway), undefined, '440300199003070013\n');
  t.equal(await run(['search', '--subject', '-'], wrong), 2);
  t.match(wrong.err(), 'nothing was searched');
  t.equal((await gateway.pool.query('SELECT 1 FROM ledger_entries')).rowCount, before.rowCount);
});

t.test('show tells one record in both languages, and exactly with --json', async t => {
  const { gateway, released } = await filled(t);
  const io = console_(at(gateway), 60);
  t.equal(await run(['show', released], io), 0);
  t.match(io.out(), /^case 办件编号 +深住〔2026〕7号$/m);
  t.match(io.out(), /^outcome 结果 +released$/m);
  for (const line of lines(io.out())) t.ok(displayWidth(line) <= 60, line);
  const chinese = console_(at(gateway), 60);
  t.equal(await run(['show', released, '--language', 'zh'], chinese), 0);
  t.match(chinese.out(), /^办件编号 case +深住〔2026〕7号$/m);
  t.match(chinese.out(), /^结果 outcome +released {2}已放行$/m);
  const exact = console_(at(gateway));
  t.equal(await run(['show', released, '--json'], exact), 0);
  t.match(JSON.parse(exact.out()), { position: released, leaf: /^[0-9a-f]{64}$/, entry: { v: 1 } });
  const none = console_(at(gateway));
  t.equal(await run(['show', '0/99'], none), 1);
  t.match(none.err(), 'STILE_RECORD_UNKNOWN');
});

t.test('tail ends with the newest', async t => {
  const { gateway, refused, failed } = await filled(t);
  const io = console_(at(gateway));
  t.equal(await run(['tail', '-n', '2', '--json', '--kind', 'exchange'], io), 0);
  t.same(
    lines(io.out()).map(line => (JSON.parse(line) as { position: string }).position),
    [refused, failed],
  );
});

t.test('a follow goes on through a restart of the gateway, under one record', async t => {
  const { gateway, append, failed } = await filled(t);
  const io = console_(at(gateway), 100);
  const running = run(['tail', '--follow', '-n', '1', '--kind', 'exchange'], io);
  await io.shows(failed);
  const next = await append();
  await io.shows(next);
  await gateway.stop();
  await io.shows('trying again');
  const missed = await append({ outcome: 'refused', code: 'STILE_QUOTA' });
  await gateway.start();
  await io.shows(missed);
  await io.shows('gateway is back');
  io.end();
  t.equal(await running, 0);
  const shown = lines(io.out()).slice(2);
  t.same(
    shown.map(line => line.split(/ +/)[1]),
    [failed, next, missed],
  );
  for (const line of lines(io.out())) t.ok(displayWidth(line) <= 100, line);
  const { rows } = await gateway.pool.query(`SELECT 1 FROM ledger_entries WHERE kind = 'search'`);
  t.equal(rows.length, 1);
});

t.test('a follow whose twelve hours are over is asked for again where it ended', async t => {
  const controls: Controls = {};
  const { gateway, append, failed } = await filled(t, controls);
  const io = console_(at(gateway));
  const running = run(['tail', '-f', '-n', '1', '--kind', 'exchange', '--json'], io);
  await io.shows(`"${failed}"`);
  controls.ahead = 12 * 3_600_000 + 1;
  const next = await append();
  await io.shows(`"${next}"`);
  io.end();
  t.equal(await running, 0);
  const { rows } = await gateway.pool.query<{ entry: Buffer }>(
    `SELECT entry FROM ledger_entries WHERE kind = 'search' ORDER BY shard, index`,
  );
  const looks = rows.map(row => JSON.parse(row.entry.toString()) as Record<string, unknown>);
  t.match(
    looks.map(look => look.outcome),
    ['released', 'refused', 'released'],
  );
  t.match(looks[2], { after: { '0': Number } });
});

t.test('whoever may not look is told so, and so is a gateway that is not there', async t => {
  const { gateway } = await filled(t);
  const officer = console_(at(gateway, { STILE_TOKEN: await gateway.token('staff/officer') }));
  for (const words of [['search'], ['tail', '--follow'], ['show', '0/0']]) t.equal(await run(words, officer), 1);
  t.match(officer.err(), 'STILE_ROLE_REQUIRED');
  t.equal(officer.out(), '');
  const nobody = console_({ STILE_URL: 'http://127.0.0.1:1', LANG: 'zh_CN.UTF-8' });
  t.equal(await run(['search'], nobody), 1);
  t.match(nobody.err(), '无法连接网关');
});

t.test('wrong words are told from right ones without a call', async t => {
  for (const [words, said] of [
    [[], 'stile audit search'],
    [['seek'], 'stile audit search'],
    [['search', '--since', 'long'], '--since'],
    [['search', '--since', '2h', '--from', '02:00'], '--since'],
    [['search', '--from', '2026-02-30'], '--from'],
    [['search', '--limit', '0'], '--limit'],
    [['search', '--surname', 'Li'], '--surname'],
    [['search', '--language', 'fr'], '--language'],
    [['search', '--follow'], '--follow'],
    [['search', 'housing'], 'no option'],
    [['show'], '0/42'],
    [['show', '42'], '0/42'],
    [['tail', '--follow', '--since', '2h'], '--follow'],
  ] as const) {
    const io = console_({ STILE_URL: 'http://127.0.0.1:1' });
    t.equal(await run([...words], io), 2, words.join(' '));
    t.match(io.err(), said);
  }
});

t.test('options become the filters of the API', async t => {
  const now = Date.parse('2026-07-24T02:14:00Z');
  const words = ['--outcome', 'refused,failed', '--outcome', 'unknown', '--since', '2h', '--operator', 'W0231', '-f'];
  t.match(readOptions(words, 'en', 20, now), {
    filters: { outcome: ['refused', 'failed', 'unknown'], operator: ['W0231'], from: '2026-07-24T00:14:00.000Z' },
    limit: 20,
    follow: true,
    subject: false,
  });
  t.match(readOptions(['--code', 'quota,STILE_CONSTRAINT'], 'en', 20, now), {
    filters: { code: ['STILE_QUOTA', 'STILE_CONSTRAINT'] },
  });
});

t.test('moments are written as one thinks of them', async t => {
  const now = new Date(2026, 6, 24, 2, 14).getTime();
  const local = (...parts: [number, number, number, number?, number?]) => new Date(...parts).getTime();
  t.equal(momentAgo('30m', now), now - 1_800_000);
  t.equal(momentAgo('1w', now), now - 604_800_000);
  t.equal(momentAgo('1y', now), undefined);
  t.equal(momentOf('01:30', now), local(2026, 6, 24, 1, 30));
  t.equal(momentOf('2026-07-01', now), local(2026, 6, 1));
  t.equal(momentOf('2026-07-01 23:59', now), local(2026, 6, 1, 23, 59));
  t.equal(momentOf('2026-07-01T00:00:00+08:00', now), Date.parse('2026-06-30T16:00:00Z'));
  for (const wrong of ['', '2026-02-30', '24:30', '12:60', 'noon', '2026-13-01', '2026-13-01T00:00:00Z']) {
    t.equal(momentOf(wrong, now), undefined, wrong);
  }
  t.match(zoneOf(new Date(now)), /^UTC([+-]\d)?/);
});

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
