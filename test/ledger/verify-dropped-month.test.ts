/** A store is verified over its dropped months, by the leaves that stayed and, where they are given, their archives. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { verify } from '../attacks/signed-ledger.js';
import { archive, drop, signedMonths } from './dropped-months.js';

t.test(
  'a store is verified over its dropped months, by their leaves and, where they are given, their archives',
  async t => {
    const store = await signedMonths(t);
    const [key = ''] = store.rollKeys;
    const verified = async (archives?: string) =>
      verify({ key }, { database: store.owner }, archives === undefined ? {} : { archives });
    await archive(store, '2022-06');
    await drop(store, '2022-06');
    await store.sign();
    t.match(await verified(), { found: 0, dropped: 606, isAnchored: true, isComplete: true });
    t.match(await verified(store.folder), { found: 0 });

    const { rows } = await store.query('SELECT * FROM ledger_months WHERE shard = 0 ORDER BY begins', []);
    await store.query('UPDATE ledger_months SET first_index = 901 WHERE shard = 0 AND first_index = 900', []);
    t.match((await verified()).findings[0], { wrong: 'months', at: '0/900' }, 'more is said to be gone than is');
    await store.query('UPDATE ledger_months SET first_index = 900 WHERE shard = 0 AND first_index = 901', []);
    t.equal(rows.length, 4);

    await store.query(
      'UPDATE ledger_tiles SET hashes = set_byte(hashes, 9, 255 - get_byte(hashes, 9)) WHERE index = 2',
      [],
    );
    const altered = await verified();
    t.ok(
      altered.findings.some(({ wrong, at }) => wrong === 'root' && at === '0/0'),
      JSON.stringify(altered.findings),
    );
    await store.query(
      'UPDATE ledger_tiles SET hashes = set_byte(hashes, 9, 255 - get_byte(hashes, 9)) WHERE index = 2',
      [],
    );

    const file = join(store.folder, '2022-06', 'shard-0.entries.ndjson');
    const text = readFileSync(file);
    writeFileSync(file, text.subarray(0, -1));
    t.match((await verified(store.folder)).findings, [
      { wrong: 'archive', at: 'roll/0', detail: '2022-06 shard-0.entries.ndjson cut' },
    ]);
    t.match((await verified(join(store.folder, 'elsewhere'))).findings, [
      { wrong: 'archive', detail: '2022-06 manifest missing' },
    ]);
  },
);
