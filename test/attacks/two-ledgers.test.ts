/**
 * Whoever runs a ledger, with its keys and every right in its database, shows two people two of them.
 *
 * Fault: two databases forked, each shown to another witness
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Logger, pino } from 'pino';
import t from 'tap';
import { cosignatureVerifier } from '../../src/ledger/cosignature.js';
import { cosignedBy } from '../../src/ledger/cosigned.js';
import { type OpenLedger, openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { makeReceipt } from '../../src/ledger/receipt.js';
import { openRoll } from '../../src/ledger/roll.js';
import { receiptFault, verifyReceipt } from '../../src/ledger/verify-receipt.js';
import { openWitnesses } from '../../src/ledger/witnesses.js';
import { draftOf, openStore } from '../ledger/open-store.js';
import { until } from '../until.js';
import { type AskedOf, type LogKey, logKeyFor } from '../witness/watched.js';
import { startWitness } from '../witness/witness-process.js';
import { queryOf } from './rewriting.js';
import { copyOf, deployment, verify } from './signed-ledger.js';

type Test = Parameters<typeof openStore>[0] & { teardown(done: () => unknown): unknown };

interface RunOptions {
  readonly pool: pg.Pool;
  /** Connection string. */
  readonly database: string;
  /** Remembers what was signed. */
  readonly keyFolder: string;
  readonly logKey: LogKey;
  readonly asks: readonly AskedOf[];
  readonly logger?: Logger;
}

interface Running {
  readonly ledger: OpenLedger;
  /** The roll's checkpoint, once as many have cosigned it as it is shown to and it holds the whole ledger. */
  cosigned(): Promise<string>;
  stop(): Promise<void>;
}

/** A ledger of one shard and its roll, shown to some witnesses. */
async function run(t: Test, options: RunOptions): Promise<Running> {
  const { pool, database, keyFolder, logKey, asks, logger = pino({ level: 'silent' }) } = options;
  const settings = {
    deadline: 5000,
    statementDeadline: 2000,
    queue: 100,
    lease: 1000,
    shards: 1,
    checkpointEvery: 100,
    signingKeys: [logKey.pem],
    witnesses: asks.map(({ url, verifierKey: key }) => ({ url, key })),
    witnessPolicy: { required: asks.length, stale: 300, whenStale: 'stop' as const },
  };
  const keys = openPeriodKeys(join(keyFolder, 'periods'));
  const shared = { database, keys, settings, logger, now: Date.now };
  const witnesses = openWitnesses({ ...shared, logKeys: [], query: queryOf(pool) });
  const roll = openRoll({ ...shared, deployment, keyFolder, witnesses });
  const ledger = await openLedger(shared);
  const stop = async () => {
    await ledger.close();
    await roll.close();
    await witnesses.close();
  };
  t.teardown(stop);
  return {
    ledger,
    stop,
    async cosigned() {
      let note = '';
      await until(async () => {
        const { rows } = await pool.query(
          `SELECT roll.note, shard.size = head.size AS whole FROM ledger_witnessed AS roll, ledger_witnessed AS shard
             JOIN ledger_heads AS head USING (shard) WHERE roll.shard = -1 AND shard.shard = 0`,
        );
        note = rows[0]?.note ?? '';
        return (
          rows[0]?.whole === true &&
          cosignedBy(
            note,
            asks.map(each => cosignatureVerifier(each.verifierKey)),
          ).length === asks.length
        );
      });
      return note;
    },
  };
}

t.test('two ledgers, each shown to another witness', async t => {
  const logKey = logKeyFor(deployment);
  const [one, two] = [
    await startWitness(t, [logKey.verifierKey], 'witness.example/one'),
    await startWitness(t, [logKey.verifierKey], 'witness.example/two'),
  ];
  const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'stile-two-ledgers-')));
  t.teardown(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  const [keyFolder = '', otherKeyFolder = ''] = folders;
  const store = await openStore(t);
  const pool = new pg.Pool({ connectionString: store.owner, max: 4 });
  pool.on('error', () => {});
  t.teardown(() => pool.end());
  const own = { pool, database: store.owner, keyFolder, logKey };

  const honest = await run(t, { ...own, asks: [one, two] });
  await honest.ledger.append(draftOf());
  await honest.cosigned();
  await honest.stop();

  // The operator copies the database and the keys, and from here on each witness is shown a ledger of its own.
  const copy = await copyOf(t, store.owner);
  cpSync(keyFolder, otherKeyFolder, { recursive: true });
  const other = { pool: copy, database: copy.database, keyFolder: otherKeyFolder, logKey };
  const first = await run(t, { ...own, asks: [one] });
  const second = await run(t, { ...other, asks: [two] });
  const position = await first.ledger.append(draftOf());
  await second.ledger.append(draftOf());
  await first.cosigned();
  const shownToTwo = await second.cosigned();
  await first.stop();
  await second.stop();

  const receipt = await makeReceipt(queryOf(pool), position);
  if (receipt === null) return t.fail('there is no receipt');
  const keys = [one.verifierKey, two.verifierKey];
  t.match(verifyReceipt(receipt, [logKey.verifierKey], { keys, required: 1 }), {
    witnesses: [{ name: 'witness.example/one' }],
  });
  t.same(
    verifyReceipt(receipt, [logKey.verifierKey], { keys, required: 2 }),
    { fault: receiptFault.witnesses },
    'whoever asks for both witnesses is not deceived',
  );
  const report = await verify({ key: logKey.verifierKey }, own, { kept: [shownToTwo] });
  t.match(report.findings, [{ wrong: 'kept' }], 'and two who compare what they hold find out');

  const fatal: string[] = [];
  const logger = pino({ level: 'fatal' }, { write: line => void fatal.push(JSON.parse(line).why) });
  const again = await run(t, { ...own, asks: [one, two], logger });
  await again.ledger.append(draftOf());
  await until(() => fatal.length > 0);
  t.match(fatal, [/another tree/], 'the ledger that is shown to both from now on is told so');
  await until(() => two.said().includes('does not extend its own'));
  const [, evidence = ''] = /"note":"([^"]+)"/.exec(two.said()) ?? [];
  t.match(evidence, logKey.verifierKey.split('+')[0], 'and the witness has the note that proves it');
  t.notMatch(one.said(), /extend/, 'the one witness saw one ledger only');
});
