import { PassThrough } from 'node:stream';
import t from 'tap';
import { openProgress, progressLine } from '../../src/cli/progress.js';

t.test('the line tells how much is done, how fast, and what is left', async t => {
  const line = progressLine({ done: 3_000_000, total: 10_000_000, first: 1_000_000, seconds: 100 }, 'en');
  t.equal(line, '███████░░░░░░░░░░░░░░░░░ 30%  3,000,000 of 10,000,000 entries, 20,000 a second, 5:50 left');
  const zh = progressLine({ done: 1, total: 40_000, first: 0, seconds: 1 }, 'zh');
  t.equal(zh, `${'░'.repeat(24)} 0%  1 / 40,000 条，每秒 1 条，剩余 11:06:39`);
  t.match(progressLine({ done: 0, total: 10, first: 0, seconds: 0 }, 'en'), /0 a second, – left$/);
  t.match(progressLine({ done: 0, total: 0, first: 0, seconds: 1 }, 'en'), /100%/);
  t.match(progressLine({ done: 12, total: 10, first: 0, seconds: 1 }, 'en'), /100%/);
});

t.test('a terminal is shown it now and then, and nothing of it stays; a file never', async t => {
  let now = 1000;
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  const progress = openProgress(terminal, 'en', () => now);
  for (const done of [1, 2, 3]) progress.show(done, 10);
  now += 200;
  progress.show(4, 10);
  progress.clear();
  const written = String(terminal.read()).split('\r\u001b[K').slice(1);
  t.match(written, [/ 10%/, / 40%/, /^$/]);
  t.equal(written.length, 3);
  const file = new PassThrough();
  const silent = openProgress(file, 'en', () => now);
  silent.show(1, 10);
  silent.clear();
  t.equal(file.read(), null);
});
