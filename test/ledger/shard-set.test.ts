/** The set of shards changes while gateways write, and the roll tells of each change before it signs anything of it. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { run } from '../../src/cli/ledger.js';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { verifierKeysOf } from '../../src/ledger/roll-keys.js';
import { copyRow, makeFit } from '../attacks/rewriting.js';
import { deployment, startRoll, verify } from '../attacks/signed-ledger.js';
import { terminalLike } from '../cli/audit-terminal.js';
import { asGatewayLogin } from '../database.js';
import { until } from '../until.js';
import { draftOf, newId, openStore } from './open-store.js';

async function signedShards(t: Test) {
  const store = await openStore(t);
  const folder = t.testdirName;
  const keyFolder = join(folder, 'keys', 'ledger');
  const first = await store.open({ shards: 2 });
  const second = await store.open({ shards: 2 });
  readLogKeys(keyFolder);
  const roll = startRoll(store.owner, keyFolder);
  t.teardown(() => roll.close());
  const command = async (words: readonly string[], language = 'C', owner = store.owner) => {
    const io = terminalLike({ STILE_OWNER_URL: owner, LANG: language });
    const code = await run(['shards', ...words], io);
    return { code, out: io.out(), err: io.err() };
  };
  const told = async () => {
    const { rows } = await store.pool.query('SELECT entry FROM ledger_entries WHERE shard = -1 ORDER BY index');
    return rows.map(row => JSON.parse(row.entry)).filter(entry => entry.kind === 'shard');
  };
  const signed = () =>
    until(async () => {
      const { rows } = await store.pool.query(
        `SELECT FROM ledger_heads AS head LEFT JOIN ledger_checkpoints AS signed USING (shard)
         WHERE head.size IS DISTINCT FROM coalesce(signed.size, 0)
           OR shard >= 0 AND told IS DISTINCT FROM CASE WHEN retired THEN 'retired' ELSE 'added' END`,
      );
      return rows.length === 0;
    });
  const verified = () => {
    const [key = ''] = verifierKeysOf(`${deployment}/ledger`, readLogKeys(keyFolder));
    return verify({ key }, { database: store.owner });
  };
  return { store, first, second, roll, command, told, signed, verified };
}

t.test('a shard is added for a replica more, and one is retired while it is written to', async t => {
  const { store, first, second, roll, command, told, signed, verified } = await signedShards(t);
  await Promise.all([first.append(draftOf()), second.append(draftOf())]);
  await signed();
  t.match(await told(), [
    { action: 'added', shard: 0 },
    { action: 'added', shard: 1 },
  ]);

  const third = await store.open({ shards: 2 });
  t.equal(third.fault(), 'unavailable', 'there are two for two');
  t.match(await command(['add', '--by', 'W0231']), { code: 0, out: /^Added shard 2;/ });
  await until(() => third.fault() === null);
  t.equal((await third.append(draftOf())).shard, 2);

  await third.close();
  const held = first.metrics.shard;
  t.match(await command(['retire', String(held), '--by', 'W0231']), { code: 0, out: `Retired shard ${held};` });
  const position = await first.append(draftOf());
  t.equal(position.shard, 2, 'its writer goes on in the one that is free');
  await signed();
  const operator = { id: 'W0231', assurance: 'asserted' };
  t.match((await told()).slice(2), [
    { action: 'added', shard: 2, operator },
    { action: 'retired', shard: held, size: 1, operator },
  ]);
  t.match(await verified(), { found: 0, shards: 3 });

  const zh = await command([], 'zh_CN.UTF-8');
  t.match(zh.out, /^分片 +条目 +状态/);
  t.match(zh.out, new RegExp(`\\n${held} +1 +已停用\\n`));
  t.match((await command([])).out, new RegExp(`\\n${second.metrics.shard} +1 +held +`));

  await roll.close();
  // Whoever has every right in the database has the retired shard grow, and all made to fit.
  await copyRow(store.pool, held ?? -1, 0, 1);
  await makeFit(store.pool, held ?? -1);
  t.match((await verified()).findings, [{ wrong: 'shard', at: `${held}/1` }]);
});

t.test('what cannot be retired, and what is not the owner’s', async t => {
  const { store, first, command, told } = await signedShards(t);
  const intent = newId();
  const { shard } = await first.append(
    draftOf({ opensIntent: true }, { kind: 'intent', id: intent, outcome: undefined }),
  );
  const refusal = async (words: readonly string[]) => {
    const error = await command(words).catch((thrown: unknown) => thrown);
    return (error as { readonly text?: unknown }).text;
  };
  t.match(await refusal(['retire', String(shard)]), { en: /Intents are still open/, zh: /未了结的意向/ });
  t.match(await refusal(['retire', '9']), { en: /no such shard/, zh: /没有这个/ });
  t.equal((await command(['retire', String(1 - shard)])).code, 0);
  t.match(await refusal(['retire', String(1 - shard)]), { en: /no such shard/ }, 'it is retired already');
  await first.append(draftOf({ closesIntent: intent }, { intent }));
  t.match(await refusal(['retire', String(shard)]), { en: /the last shard/, zh: /最后一个/ });
  for (const words of [['drop'], ['retire'], ['retire', 'x'], ['add', '3'], ['retire', '1', '2']])
    t.match(await command(words), { code: 1, err: /^stile ledger shards\n/ });
  await until(async () => (await told()).length === 3);

  for (const words of [['add'], ['retire', String(shard)]]) {
    const error = await command(words, 'C', asGatewayLogin(store.owner)).catch((thrown: unknown) => thrown);
    t.match((error as { readonly text?: unknown }).text, { en: /set STILE_OWNER_URL/, zh: /STILE_OWNER_URL/ });
  }
});
