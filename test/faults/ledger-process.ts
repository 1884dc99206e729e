/** A process that appends without end and says on stdout what it was told: `shard/index id` or the fault. */
import { join } from 'node:path';
import pino from 'pino';
import { LedgerError, positionText } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { draftOf } from '../ledger/open-store.js';

const [database = '', folder = '', lease = ''] = process.argv.slice(2);
const ledger = await openLedger({
  database,
  keys: openPeriodKeys(join(folder, 'periods')),
  settings: {
    deadline: 2000,
    statementDeadline: 1000,
    queue: 100,
    lease: Number(lease),
    shards: 1,
  },
  logger: pino({ level: 'silent' }),
});

async function work(): Promise<never> {
  for (;;) {
    const draft = draftOf();
    try {
      process.stdout.write(`${positionText(await ledger.append(draft))} ${draft.entry.id}\n`);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      process.stdout.write(`${error.fault}\n`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
}

for (let worker = 0; worker < 10; worker++) void work();
