/** A process that walks the append path once and says on stdout what it was told, to be killed on its way. */
import { join } from 'node:path';
import pino from 'pino';
import { openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { walkAppendPath } from './append-path.js';

const [database = '', folder = '', lease = ''] = process.argv.slice(2);
const ledger = await openLedger({
  database,
  keys: openPeriodKeys(join(folder, 'periods')),
  settings: { deadline: 5000, statementDeadline: 2000, queue: 100, lease: Number(lease), shards: 1 },
  logger: pino({ level: 'silent' }),
});
await walkAppendPath(ledger, line => process.stdout.write(`${line}\n`));
await ledger.close();
