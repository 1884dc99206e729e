/** What a monitoring system is told of departments' systems. */
import type { Metric, Sample } from '../metrics.js';
import type { Adapters, NamedReport } from './adapters.js';
import { adapterState } from './guard.js';

type Told = Omit<Metric, 'samples'> & {
  readonly samples: (report: NamedReport) => readonly Sample[];
};

const value = (of: (report: NamedReport) => number): Told['samples'] => {
  return report => [{ value: of(report) }];
};

const told: readonly Told[] = [
  {
    name: 'stile_adapter_state',
    type: 'gauge',
    help: '1 for the state a department’s system is in, else 0.',
    samples: ({ state }) =>
      Object.values(adapterState).map(each => ({ labels: { state: each }, value: each === state ? 1 : 0 })),
  },
  {
    name: 'stile_adapter_questions',
    type: 'gauge',
    help: 'Questions being asked.',
    samples: value(({ underWay }) => underWay),
  },
  {
    name: 'stile_adapter_waiting',
    type: 'gauge',
    help: 'Questions that wait for their turn.',
    samples: value(({ waiting }) => waiting),
  },
  {
    name: 'stile_adapter_answers_total',
    type: 'counter',
    help: 'Questions answered.',
    samples: value(({ answered }) => answered),
  },
  {
    name: 'stile_adapter_failures_total',
    type: 'counter',
    help: 'Questions that came to nothing.',
    samples: ({ failed }) => Object.entries(failed).map(([failure, count]) => ({ labels: { failure }, value: count })),
  },
  {
    name: 'stile_adapter_turned_away_total',
    type: 'counter',
    help: 'Questions not put to the system, as too many were under way or it was left alone.',
    samples: value(({ turnedAway }) => turnedAway),
  },
  {
    name: 'stile_adapter_breaches_total',
    type: 'counter',
    help: 'Answers that broke the contract.',
    samples: value(({ breaches }) => breaches),
  },
  {
    name: 'stile_adapter_latency_seconds',
    type: 'gauge',
    help: 'Quantiles of the time a question took, of the last five to ten minutes.',
    samples: ({ latency }) =>
      latency === undefined
        ? []
        : ([0.5, 0.9, 0.99] as const).map((quantile, at) => ({
            labels: { quantile: String(quantile) },
            value: ([latency.p50, latency.p90, latency.p99][at] ?? 0) / 1000,
          })),
  },
];

export function adapterMetrics(adapters: Pick<Adapters, 'reports'>): readonly Metric[] {
  const reports = adapters.reports();
  return told.map(({ samples, ...metric }) => ({
    ...metric,
    samples: reports.flatMap(report =>
      samples(report).map(sample => ({ ...sample, labels: { adapter: report.id, ...sample.labels } })),
    ),
  }));
}
