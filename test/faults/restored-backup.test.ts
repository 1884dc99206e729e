/**
 * The database is put back to before an erasure, by a backup that knows nothing of it.
 *
 * Fault: the database restored from a backup, older than an erasure
 */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import t from 'tap';
import { deletePeriod } from '../../src/ledger/delete-period.js';
import { openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys, periodKeyFolder } from '../../src/ledger/period-keys.js';
import { copyOf } from '../attacks/signed-ledger.js';
import { openGateway, type TestGateway } from '../gateway.js';
import { verifyLedger } from '../ledger/verify-ledger.js';
import { until } from '../until.js';

const why = '李某某称其母患病';
const agreement = '/operate/agreements/housing-household';
const period = '2022-06';

async function as(gateway: TestGateway, staff: string, path: string, body?: unknown) {
  const authorization = `Bearer ${await gateway.token(staff)}`;
  const sent = body === undefined ? {} : { method: 'POST', body };
  return gateway.call(path, { headers: { authorization, 'content-type': 'application/json' }, ...sent });
}

/** As `stile keys periods delete` does it. */
async function deleteKey(gateway: TestGateway): Promise<string> {
  const { database, dataFolder, registry } = gateway;
  const pool = new pg.Pool({ connectionString: database, max: 1 });
  const keys = openPeriodKeys(periodKeyFolder(dataFolder));
  const { ledger: settings, retention } = registry.settings;
  const ledger = await openLedger({ database, keys, settings, logger: pino({ level: 'silent' }) });
  try {
    return await deletePeriod({
      query: (text, values) => pool.query(text, [...values]),
      ledger,
      folder: periodKeyFolder(dataFolder),
      period,
      settings: retention,
      by: 'W0231',
      now: Date.now(),
    });
  } finally {
    await ledger.close();
    await pool.end();
  }
}

t.test(
  'what was erased since is erased again on record before the gateway is ready; a deleted key stays deleted',
  async t => {
    const first = await openGateway(t);
    const { dataFolder } = first;
    const periods = periodKeyFolder(dataFolder);
    openPeriodKeys(periods).keyOf(period);
    const { record } = await as(first, 'staff/officer', `${agreement}/suspend`, { why });
    await first.close();
    const backup = await copyOf(t, first.database);
    const keysBackup = join(t.testdirName, 'keys-backup');
    cpSync(periods, keysBackup, { recursive: true });
    t.same((await backup.query('SELECT text FROM ledger_texts')).rows, [{ text: why }], 'the backup has it');

    const second = await openGateway(t, { beside: first });
    const erased = await as(second, 'staff/security', '/audit/erasures', { record, reason: 'request' });
    t.equal(erased.status, 200, erased.text);
    await second.close();
    const deleted = await deleteKey(second);

    // Whoever restores takes responsibility for what is gone: see docs/operating.md.
    rmSync(join(dataFolder, 'keys', 'ledger', 'signed-roll.txt'));
    cpSync(keysBackup, periods, { recursive: true });
    t.ok(existsSync(join(periods, `${period}.key`)), 'an old copy of the keys was put back too');
    const third = await openGateway(t, { beside: first, store: backup.database });
    t.same((await backup.query('SELECT text, salt FROM ledger_texts')).rows, [{ text: null, salt: null }]);
    t.notOk(existsSync(join(periods, `${period}.key`)));
    t.same(openPeriodKeys(periods).deleted(), [period]);
    const { rows } = await backup.query(`SELECT entry FROM ledger_entries WHERE kind = 'erasure' ORDER BY index`);
    t.match(
      rows.map(({ entry }) => JSON.parse(entry)),
      [
        { action: 'text', record, reason: 'request', staff: { id: 'staff/security' }, again: erased.record },
        { action: 'period', period, again: deleted },
      ],
    );
    const history = (await as(third, 'staff/officer', agreement)).body?.history;
    t.match(history, [{ why: undefined, erased: { record: /^\d+\/\d+$/ } }, { action: 'import' }]);
    await until(async () => (await third.call('/health/ready')).status === 200);
    await third.close();
    await verifyLedger(t, backup);
  },
);
