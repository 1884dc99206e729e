/** `stile usage` counts what the ledger has of a service, by client and month, and its look is recorded. */
import t from 'tap';
import { type Calls, callsIn, run } from '../../src/cli/usage.js';
import { at, filled, lines, terminalLike } from './audit-terminal.js';

const service = 'civil-affairs/marriage-status/v1';

t.test('who called, how often, and with what outcome', async t => {
  const { gateway, append } = await filled(t);
  await append({ client: 'housing/archive' });
  await append({ service: 'civil-affairs/marriage-status/v2', client: 'housing/other' });
  const io = terminalLike(at(gateway));
  t.equal(await run([service, '--json'], io), 0);
  const calls = lines(io.out()).map(line => JSON.parse(line) as Calls);
  for (const { month, last } of calls) t.ok(/^\d{4}-\d{2}$/.test(month) && last.startsWith(month), month);
  // The test may run over the end of a month.
  const of = (client: string) => calls.filter(each => each.client === client);
  const sum = (client: string, which: 'released' | 'others') =>
    of(client).reduce((total, each) => total + each[which], 0);
  t.strictSame([...new Set(calls.map(({ client }) => client))], ['housing/archive', 'housing/permits']);
  t.strictSame([sum('housing/archive', 'released'), sum('housing/archive', 'others')], [1, 0]);
  t.strictSame([sum('housing/permits', 'released'), sum('housing/permits', 'others')], [1, 2]);
  t.match(io.err(), /4 found\. This search is record 0\/\d+/);
  const shown = terminalLike(at(gateway, { LANG: 'zh_CN.UTF-8' }), 80);
  await run([service, '--since', '1d'], shown);
  t.match(lines(shown.out())[0], /^调用系统 .*月份 .*已放行 .*其他/);
  const nobody = terminalLike(at(gateway));
  t.equal(await run(['civil-affairs/marriage-status/v9'], nobody), 0);
  t.equal(nobody.out(), 'Nobody called it in that time.\n');
});

t.test('months are apart, and counted refusals count as many as they are', async t => {
  const entry = (time: string, members: object) => ({ position: '0/0', time, entry: { client: 'a/b', ...members } });
  t.strictSame(
    callsIn([
      entry('2026-02-01T00:00:00.000Z', { outcome: 'released' }),
      entry('2026-01-31T23:59:59.999Z', { outcome: 'refused', count: 7 }),
      entry('2026-01-02T00:00:00.000Z', { outcome: 'released' }),
    ]),
    [
      { client: 'a/b', month: '2026-01', released: 1, others: 7, last: '2026-01-31T23:59:59.999Z' },
      { client: 'a/b', month: '2026-02', released: 1, others: 0, last: '2026-02-01T00:00:00.000Z' },
    ],
  );
});

t.test('what makes no sense, and a gateway that is not there', async t => {
  for (const words of [[], [service, service], [service, '--follow'], [service, '--since', 'ever']]) {
    const io = terminalLike({});
    t.equal(await run(words, io), 2);
    t.match(io.err(), /stile usage DEPARTMENT/);
  }
  t.equal(await run([service], terminalLike({ STILE_URL: 'http://127.0.0.1:1' })), 1);
});
