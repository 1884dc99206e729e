/** What a monitoring system is told of the ledger's writer. */
import type { Metric } from '../metrics.js';
import type { OpenLedger } from './open.js';

export function writerMetrics(ledger: Pick<OpenLedger, 'metrics' | 'fault'>): readonly Metric[] {
  const { entries, batches, queue } = ledger.metrics;
  return [
    {
      name: 'stile_ledger_entries_total',
      type: 'counter',
      help: 'Entries made durable since the start.',
      samples: [{ value: entries }],
    },
    {
      name: 'stile_ledger_commits_total',
      type: 'counter',
      help: 'Commits in which they went.',
      samples: [{ value: batches }],
    },
    { name: 'stile_ledger_queue', type: 'gauge', help: 'Entries that wait for a commit.', samples: [{ value: queue }] },
    {
      name: 'stile_ledger_writable',
      type: 'gauge',
      help: '1 while the ledger takes entries, else 0: then nothing is released.',
      samples: [{ value: ledger.fault() === null ? 1 : 0 }],
    },
  ];
}
