import { randomBytes } from 'node:crypto';
import t from 'tap';
import { found, mostIds, openRequestList } from '../../src/reconciliation/request-list.js';

t.test('it answers as a map does, over many ids of all lengths', t => {
  const list = openRequestList();
  const model = new Map<string, { line: number; times: number }>();
  for (let line = 1; line <= 20_000; line++) {
    const id = `${line % 7 === 0 ? Math.floor(line / 14) : randomBytes(line % 40).toString('hex')}x`;
    if (!list.add(id, line)) t.fail(id);
    const held = model.get(id);
    if (held === undefined) model.set(id, { line, times: 1 });
    else held.times += 1;
  }
  t.equal(list.size, model.size);
  let number = 0;
  const wrong: string[] = [];
  for (const [id, { line, times }] of model) {
    const at = list.numberOf(id);
    if (at !== number++ || list.idAt(at) !== id || list.lineAt(at) !== line || list.timesAt(at) !== times)
      wrong.push(id);
  }
  t.same(wrong, []);
  t.equal(list.numberOf('never seen'), -1);
  t.equal(list.numberOf(''), -1);
  t.end();
});

t.test('a mark is kept, and never taken back', t => {
  const list = openRequestList();
  for (let line = 1; line <= 3000; line++) list.add(`id-${line}`, line);
  t.equal(list.markAt(7), found.nothing);
  list.mark(7, found.inside);
  list.mark(7, found.outside);
  list.mark(8, found.outside);
  for (let line = 3001; line <= 9000; line++) list.add(`id-${line}`, line);
  t.same([list.markAt(6), list.markAt(7), list.markAt(8)], [found.nothing, found.inside, found.outside]);
  t.end();
});

t.test('a million ids are held in less than 128 MiB, and no more are taken', t => {
  const before = process.memoryUsage().arrayBuffers;
  const list = openRequestList();
  const idOf = (number: number) => `id-${number}`.padEnd(22, '-');
  let added = 0;
  for (let number = 0; number < mostIds; number++) if (list.add(idOf(number), number + 2)) added++;
  t.equal(added, 1_000_000);
  t.equal(list.size, 1_000_000);
  t.notOk(list.add('one too many', 1));
  t.ok(list.add(idOf(0), 1), 'but one that is there may come again');
  t.equal(list.timesAt(0), 2);
  t.equal(list.numberOf(idOf(999_999)), 999_999);
  global.gc?.();
  const held = (process.memoryUsage().arrayBuffers - before) / 1024 / 1024;
  t.comment(`${Math.round(held)} MiB held or not yet collected`);
  t.ok(held < 128, 'with what growing leaves behind');
  t.end();
});
