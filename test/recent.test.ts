/** What was asked for lately is at hand; what was not in a long while is made again. */
import t from 'tap';
import { recent } from '../src/recent.js';

t.test('the last keys asked for are at hand, and twice as many at most', async t => {
  const made: number[] = [];
  const keys = Array.from({ length: 20 }, (_, at) => ({ at }));
  const values = recent<{ at: number }, string>(4, ({ at }) => {
    made.push(at);
    return `value ${at}`;
  });
  for (const key of keys.slice(0, 4)) t.equal(values.get(key), `value ${key.at}`);
  for (const key of keys.slice(0, 4)) values.get(key);
  t.same(made, [0, 1, 2, 3], 'each once');
  for (const key of keys.slice(4)) values.get(key);
  made.length = 0;
  for (const key of keys.slice(-4)) values.get(key);
  t.same(made, [], 'the last four are there');
  for (const key of keys) values.get(key);
  t.ok(made.includes(0), 'the first has gone');
  t.ok(made.length >= 12, `${made.length} of 20 were made again: no more than eight were held`);
});

t.test('what somebody has already is not made', async t => {
  const key = {};
  const values = recent<object, string>(4, () => 'made');
  values.keep(key, 'kept');
  t.equal(values.get(key), 'kept');
});
