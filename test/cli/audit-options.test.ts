import t from 'tap';
import { run } from '../../src/cli/audit.js';
import { readOptions } from '../../src/cli/audit-options.js';
import { momentAgo, momentOf, zoneOf } from '../../src/cli/moment.js';
import { terminalLike } from './audit-terminal.js';

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
    const io = terminalLike({ STILE_URL: 'http://127.0.0.1:1' });
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
