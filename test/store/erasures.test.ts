import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../../src/root.js';
import { migrate } from '../../src/store/migrate.js';
import { database } from '../database.js';
import { once } from './statement.js';

const shipped = join(root, 'src', 'store', 'migrations');
const entryOf = (members: object) => `convert_to('${JSON.stringify(members)}', 'UTF8')`;

t.test('texts that were written before they could be erased go where they can', async t => {
  const address = await database(t);
  const folder = t.testdir();
  const before = readdirSync(shipped).filter(name => name < '010');
  for (const name of before) copyFileSync(join(shipped, name), join(folder, name));
  await migrate(address, folder);
  const insert = (index: number, kind: string, entry: string) =>
    once(
      address,
      `INSERT INTO ledger_entries (shard, index, time, kind, id, salt, leaf, entry)
       SELECT 0, ${index}, extract(epoch FROM now())::bigint * 1000, '${kind}', 'id-${index}', '', '', ${entry}`,
    );
  for (const index of [0, 1]) await insert(index, 'agreement', entryOf({ id: `id-${index}` }));
  for (const index of [2, 3])
    await insert(index, 'retention', entryOf({ id: `id-${index}`, action: 'held', month: '2022-06' }));
  await once(
    address,
    `INSERT INTO agreements (id, version, latest, state, provider, consumer, service, document, action, staff, role, why, entry)
     VALUES ('a', 1, false, 'active', 'p', 'c', 's', '{}', 'import', 'o', 'officer', NULL, 'id-0'),
       ('a', 2, true, 'suspended', 'p', 'c', 's', '{}', 'suspend', 'o', 'officer', 'a complaint', 'id-1')`,
  );
  await once(address, `INSERT INTO ledger_retention (month, held) VALUES ('2022-06', 'case 3'), ('2022-07', NULL)`);

  await migrate(address);
  t.same((await once(address, 'SELECT shard, index, id, salt, text FROM ledger_texts ORDER BY index')).rows, [
    { shard: 0, index: '1', id: 'id-1', salt: null, text: 'a complaint' },
    { shard: 0, index: '3', id: 'id-3', salt: null, text: 'case 3' },
  ]);
  t.same((await once(address, 'SELECT month, held FROM ledger_retention ORDER BY month')).rows, [
    { month: '2022-06', held: 'id-3' },
    { month: '2022-07', held: null },
  ]);
  await t.rejects(once(address, 'SELECT why FROM agreements'), { code: '42703' });
});
