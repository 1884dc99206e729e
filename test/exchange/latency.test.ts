import t from 'tap';
import { Latency } from '../../src/exchange/latency.js';

const minute = 60_000;

t.test('quantiles are told within 5 %', async t => {
  const latency = new Latency(0);
  // 1 to 1000 ms, in no order.
  for (let n = 0; n < 1000; n++) latency.add(((n * 617) % 1000) + 1, n);
  const found = latency.quantiles(1000);
  t.equal(found?.count, 1000);
  for (const [told, true_] of [
    [found?.p50, 500],
    [found?.p90, 900],
    [found?.p99, 990],
  ] as const) {
    t.ok(Math.abs((told ?? 0) - true_) / true_ < 0.05, `${told} for ${true_}`);
  }
});

t.test('a few slow ones show, and the quickest and slowest are kept within bounds', async t => {
  const latency = new Latency(0);
  for (let n = 0; n < 98; n++) latency.add(2, 0);
  latency.add(5000, 0);
  latency.add(5000, 0);
  const { p50 = 0, p90 = 0, p99 = 0 } = latency.quantiles(0) ?? {};
  t.ok(p50 > 1.9 && p50 < 2.2 && p90 === p50, `${p50}`);
  t.ok(p99 > 4750 && p99 < 5250, `${p99}`);
  const edges = new Latency(0);
  edges.add(0, 0);
  edges.add(1e9, 0);
  t.match(edges.quantiles(0), { count: 2 });
});

t.test('only the last five to ten minutes count', async t => {
  const latency = new Latency(0);
  t.equal(latency.quantiles(0), undefined);
  latency.add(10, 4 * minute);
  t.match(latency.quantiles(9 * minute), { count: 1 }, 'of the span before');
  latency.add(20, 9 * minute);
  t.match(latency.quantiles(9 * minute), { count: 2 });
  t.match(latency.quantiles(11 * minute), { count: 1 });
  t.equal(latency.quantiles(60 * minute), undefined);
});
