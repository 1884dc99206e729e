import t from 'tap';
import { metricsText } from '../src/metrics.js';

t.test('metrics of one name stand together, once', async t => {
  const text = metricsText([
    { name: 'stile_queue', type: 'gauge', help: 'Waiting.', samples: [{ labels: { adapter: 'a/b' }, value: 2 }] },
    { name: 'stile_calls_total', type: 'counter', help: 'Calls.', samples: [{ value: 7 }] },
    { name: 'stile_queue', type: 'gauge', help: 'Waiting.', samples: [{ labels: { adapter: 'c/d' }, value: 0.5 }] },
  ]);
  t.equal(
    text,
    [
      '# HELP stile_queue Waiting.',
      '# TYPE stile_queue gauge',
      'stile_queue{adapter="a/b"} 2',
      'stile_queue{adapter="c/d"} 0.5',
      '# HELP stile_calls_total Calls.',
      '# TYPE stile_calls_total counter',
      'stile_calls_total 7',
      '',
    ].join('\n'),
  );
});

t.test('labels and helps are escaped, and numbers written as the format has them', async t => {
  const text = metricsText([
    {
      name: 'stile_odd',
      type: 'gauge',
      help: 'a \\ and\na line',
      samples: [
        { labels: { why: 'said "no"\n\\', code: 'x' }, value: Number.POSITIVE_INFINITY },
        { value: Number.NaN },
        { value: Number.NEGATIVE_INFINITY },
      ],
    },
  ]);
  t.equal(
    text,
    [
      '# HELP stile_odd a \\\\ and\\na line',
      '# TYPE stile_odd gauge',
      'stile_odd{why="said \\"no\\"\\n\\\\",code="x"} +Inf',
      'stile_odd NaN',
      'stile_odd -Inf',
      '',
    ].join('\n'),
  );
});

t.test('nothing measured is no text', async t => {
  t.equal(metricsText([]), '');
});
