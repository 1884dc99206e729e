import { pino } from 'pino';
import t from 'tap';
import { formatCheckpoint } from '../../src/ledger/checkpoint.js';
import { rollShard } from '../../src/ledger/ledger.js';
import { leafHash } from '../../src/ledger/merkle.js';
import { formatNote, parseSignatures } from '../../src/ledger/note.js';
import { checkpointsChannel } from '../../src/ledger/roll.js';
import { signedBy, watchSigned } from '../../src/ledger/signed.js';
import { cosign, startFaultyWitness } from '../witness/faulty-witness.js';
import { openStore } from './open-store.js';

const position = { shard: 0, index: 4 };
const root = leafHash(Buffer.from('entry'));

/** Rows as the roll writes them, and what is heard of them. */
async function openSigned(t: Parameters<typeof openStore>[0], required = 1) {
  const store = await openStore(t);
  const witness = await startFaultyWitness(t);
  const policy = { required, stale: 300, whenStale: 'warn' as const };
  const signed = await watchSigned({
    database: store.database,
    pool: store.pool,
    deployment: 'test.example',
    settings: { witnesses: [{ url: witness.url, key: witness.verifierKey }], witnessPolicy: policy },
    logger: pino({ level: 'silent' }),
    now: Date.now,
  });
  t.teardown(() => signed.close());
  const hear = () => store.pool.query('SELECT pg_notify($1, $2)', [checkpointsChannel, '']);
  const write = (table: string, shard: number, size: number, rollIndex: number | null, note = '') =>
    store.pool.query(
      `INSERT INTO ${table} (shard, size, root, note, roll_index) VALUES ($1, $2, sha256(''), $3, $4)
       ON CONFLICT (shard) DO UPDATE SET size = $2, note = $3, roll_index = $4`,
      [shard, size, note, rollIndex],
    );
  /** A checkpoint of the roll that the witness cosigned some seconds ago. */
  const cosigned = (size: number, origin = 'test.example/ledger', ago = 0): string => {
    const text = formatCheckpoint({ origin, size, root });
    const dummy = formatNote({ text, signatures: [{ name: origin, id: '00000000', bytes: Buffer.alloc(64) }] });
    const line = cosign(dummy, witness.name, witness.privateKey, Math.floor(Date.now() / 1000) - ago);
    return formatNote({ text, signatures: parseSignatures(line) });
  };
  return { signed, hear, write, cosigned };
}

t.test('a shard is covered once the roll that holds its checkpoint is signed, and not before', async t => {
  const { signed, hear, write } = await openSigned(t);
  await write('ledger_checkpoints', rollShard, 3, null);
  await write('ledger_checkpoints', 0, 5, 3);
  await hear();
  t.equal(
    await signed.covers(position, signedBy.ledger, 200),
    null,
    'its entry of the roll, 3, is beyond the roll’s 3',
  );
  const waiting = signed.covers(position, signedBy.ledger, 30_000);
  await write('ledger_checkpoints', rollShard, 4, null);
  await hear();
  t.ok(await waiting);
  t.equal(await signed.covers({ shard: 0, index: 5 }, signedBy.ledger, 0), null);
  t.equal(await signed.covers({ shard: 1, index: 0 }, signedBy.ledger, 0), null, 'a shard of which nothing is signed');
  t.equal(await signed.covers(position, signedBy.witnesses, 0), null, 'nor has anyone cosigned');
});

t.test('what is kept as cosigned counts only when it is', async t => {
  const { signed, hear, write, cosigned } = await openSigned(t);
  await write('ledger_witnessed', 0, 5, 3);
  const forged: Readonly<Record<string, string>> = {
    'of another ledger': cosigned(4, 'other.example/ledger'),
    'of another size': cosigned(3),
    'with a cosignature of another': `${cosigned(4).split('\n\n')[0]}\n\n${cosigned(9).split('\n\n')[1]}`,
  };
  for (const [name, note] of Object.entries(forged)) {
    await write('ledger_witnessed', rollShard, 4, null, note);
    await hear();
    t.equal(await signed.covers(position, signedBy.witnesses, 200), null, name);
    t.equal(signed.tooFewWitnesses(), true, name);
  }
  const waiting = signed.covers(position, signedBy.witnesses, 30_000);
  await write('ledger_witnessed', rollShard, 4, null, cosigned(4));
  await hear();
  t.ok(await waiting);
  t.equal(signed.tooFewWitnesses(), false);
});

t.test('old cosignatures cover what they cover, and are too old all the same', async t => {
  const { signed, hear, write, cosigned } = await openSigned(t);
  const waiting = signed.covers(position, signedBy.witnesses, 30_000);
  await write('ledger_witnessed', 0, 5, 3);
  await write('ledger_witnessed', rollShard, 4, null, cosigned(4, 'test.example/ledger', 3600));
  await hear();
  t.ok(await waiting);
  t.equal(signed.tooFewWitnesses(), true);
});

t.test('one witness is not two', async t => {
  const { signed, hear, write, cosigned } = await openSigned(t, 2);
  await write('ledger_witnessed', 0, 5, 3);
  await write('ledger_witnessed', rollShard, 4, null, cosigned(4));
  await hear();
  t.equal(await signed.covers(position, signedBy.witnesses, 200), null);
});
