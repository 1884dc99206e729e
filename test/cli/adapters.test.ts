/** `stile adapters` shows what wants attention first, in as many columns as the terminal has. */
import t from 'tap';
import type { AdapterStanding } from '../../schemas/stile/operate-adapters.js';
import { linesOf, run } from '../../src/cli/adapters.js';
import { displayWidth } from '../../src/cli/display.js';
import { openGateway } from '../gateway.js';
import { lines, terminalLike } from './audit-terminal.js';

const calm: AdapterStanding = {
  ...{ id: 'civil-affairs/registration', kind: 'http', services: ['civil-affairs/marriage-status/v1'] },
  ...{ state: 'answering', underWay: 3, concurrency: 64, waiting: 0, queue: 256 },
  ...{ answered: 1200, failed: {}, turnedAway: 0, breaches: 0, latency: { count: 80, p50: 4.2, p90: 9, p99: 31 } },
};
const hung: AdapterStanding = {
  ...calm,
  ...{ id: 'public-security/population', state: 'paused', underWay: 64, waiting: 12, turnedAway: 7, breaches: 2 },
  failed: { timeout: 20, unreachable: 3 },
  lastFailure: { failure: 'timeout', at: '2026-01-02T03:04:05.000Z' },
};
const plain = (width: number | undefined, language: 'en' | 'zh' = 'en') => ({ width, colour: false, language });

t.test('in full where there is room', async t => {
  const [head = '', first = '', second = '', ...rest] = linesOf([calm, hung], plain(undefined));
  t.strictSame(rest, []);
  t.match(head, /^ADAPTER +STATE +UNDER WAY +P50 MS +P99 MS +ANSWERED +FAILED +TURNED AWAY +BREACHES +LAST FAILURE$/);
  t.match(
    first,
    /^public-security\/population +paused +64\/64 \+12 +4\.2 +31 +1200 +23 +7 +2 +2026-01-0\d \S+ timeout$/,
  );
  t.match(second, /^civil-affairs\/registration +answering +3\/64 +4\.2 +31 +1200$/);
});

t.test('no wider than the terminal, in colour and in Chinese', async t => {
  for (const width of [40, 60, 80, 120]) {
    for (const language of ['zh', 'en'] as const) {
      for (const line of linesOf([calm, hung], plain(width, language))) t.ok(displayWidth(line) <= width, line);
    }
  }
  const [head = '', first = '', second = ''] = linesOf([calm, hung], { width: 80, colour: true, language: 'zh' });
  t.match(head, /适配器.*状态.*进行中/);
  t.ok(first.includes('\u001b[31m暂停'), 'red');
  t.ok(second.includes('\u001b[32m正常'), 'green');
  t.strictSame(linesOf([], plain(80)), ['There is no adapter.']);
});

t.test('from a gateway, as a table and for machines', async t => {
  const gateway = await openGateway(t);
  const io = terminalLike({ STILE_URL: gateway.url });
  t.equal(await run(['civil-affairs', '--json', '--probe'], io), 0);
  const found = lines(io.out()).map(line => JSON.parse(line) as AdapterStanding);
  t.match(found, [{ id: 'civil-affairs/registration', state: 'unasked', probe: { at: /./ } }]);
  t.match(io.err(), /^This look is record \d+\/\d+\n$/);
  const table = terminalLike({ STILE_URL: gateway.url, LANG: 'zh_CN.UTF-8' });
  t.equal(await run([], table), 0);
  t.match(table.out(), /public-security\/population +未用/);
  t.equal(await run(['--odd'], terminalLike({})).catch(() => 'refused'), 'refused');
  t.equal(await run(['a', 'b'], terminalLike({})), 2);
});
