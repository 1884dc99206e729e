/** What a monitoring system is told of the config in force and of changes to it. */
import type { Metric } from '../metrics.js';
import type { Reloads } from './reloads.js';

export function configMetrics(reloads: Pick<Reloads, 'standing' | 'failure' | 'isDue' | 'counts'>): readonly Metric[] {
  const { registry, since } = reloads.standing();
  return [
    {
      name: 'stile_config_info',
      type: 'gauge',
      help: 'The config in force, by its digest.',
      samples: [{ labels: { registry }, value: 1 }],
    },
    {
      name: 'stile_config_since_seconds',
      type: 'gauge',
      help: 'Since when it is in force, seconds since 1970 UTC.',
      samples: [{ value: Date.parse(since) / 1000 }],
    },
    {
      name: 'stile_config_refused',
      type: 'gauge',
      help: '1 while the last change of config is refused and the one before it serves on.',
      samples: [{ value: reloads.failure() === undefined ? 0 : 1 }],
    },
    {
      name: 'stile_config_due',
      type: 'gauge',
      help: '1 while changed files wait for an operator.',
      samples: [{ value: reloads.isDue() ? 1 : 0 }],
    },
    {
      name: 'stile_config_reloads_total',
      type: 'counter',
      help: 'Times the files were read again since the start, by outcome.',
      samples: Object.entries(reloads.counts()).map(([outcome, value]) => ({ labels: { outcome }, value })),
    },
  ];
}
