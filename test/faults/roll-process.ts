/** A process that signs what there is to sign and ends, to be killed on its way. */
import { join } from 'node:path';
import pino from 'pino';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { openRoll } from '../../src/ledger/roll.js';

const [database = '', folder = '', lease = ''] = process.argv.slice(2);
const roll = openRoll({
  database,
  deployment: 'test.example',
  keyFolder: folder,
  keys: openPeriodKeys(join(folder, 'periods')),
  settings: {
    deadline: 5000,
    statementDeadline: 2000,
    queue: 100,
    lease: Number(lease),
    checkpointEvery: 1000,
    shards: 2,
  },
  logger: pino({ level: 'silent' }),
  now: Date.now,
});
// It signs once at its start and once at its close.
await roll.close();
if (roll.fault() !== null) process.exitCode = 1;
