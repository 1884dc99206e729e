/**
 * What somebody with every right in the database may do to the ledger, and how a verification names it.
 *
 * Fault: a row altered, deleted, swapped, doubled or inserted
 * Fault: the tail cut, with and without rewriting the head
 * Fault: a whole shard gone
 * Fault: checkpoints deleted or rolled back
 * Fault: a column, side row, tile, head, month or intent changed
 */
import type pg from 'pg';
import t from 'tap';
import type { Finding } from '../../src/ledger/verification/finding.js';
import { copyRow, makeFit, shift } from './rewriting.js';
import { signedLedger, verify } from './signed-ledger.js';

interface Attack {
  readonly attack: (pool: pg.Pool) => Promise<unknown>;
  /** The first thing that is found; a number of the roll's where it depends on how often it was signed. */
  readonly finds: Partial<Finding> | ((roll: Roll) => Partial<Finding>);
}

/** Where in the roll what stands. */
interface Roll {
  readonly rotation: number;
  /** Of shard 0, in order: the index in the roll, and the size. */
  readonly checkpoints: readonly { readonly index: number; readonly size: number; readonly note: string }[];
}

async function rollOf(pool: pg.Pool): Promise<Roll> {
  const { rows } = await pool.query('SELECT index, entry FROM ledger_entries WHERE shard = -1 ORDER BY index');
  const entries = rows.map(row => ({ index: Number(row.index), ...JSON.parse(row.entry) }));
  return {
    rotation: entries.findLast(entry => entry.kind === 'key')?.index,
    checkpoints: entries
      .filter(entry => entry.kind === 'checkpoint' && entry.shard === 0)
      .map(({ index, size, checkpoint: note }) => ({ index, size, note })),
  };
}

const sql =
  (...statements: readonly string[]) =>
  async (pool: pg.Pool) => {
    for (const statement of statements) await pool.query(statement);
  };

const changeEntry = `UPDATE ledger_entries SET entry = convert_to(replace(convert_from(entry, 'UTF8'), 'released', 'refused'), 'UTF8'),
  outcome = 'refused' WHERE shard = 0 AND index = 300`;
const at300 = 'WHERE shard = 0 AND index = 300';
/** The positions between the checkpoint before and the first that covers 0/300. */
const around300 = ({ checkpoints }: Roll): Partial<Finding> => {
  const covering = checkpoints.findIndex(({ size }) => size > 300);
  const first = checkpoints[covering - 1]?.size ?? 0;
  return { wrong: 'root', at: `0/${first}`, until: `0/${(checkpoints[covering]?.size ?? 0) - 1}` };
};

const attacks: Readonly<Record<string, Attack>> = {
  'an entry altered': { attack: sql(changeEntry), finds: { wrong: 'entry', at: '0/300' } },
  'an entry altered, and its leaf': {
    attack: sql(changeEntry, `UPDATE ledger_entries SET leaf = sha256('\\x00' || entry) ${at300}`),
    finds: { wrong: 'tile', at: '0/300' },
  },
  'an entry altered, with leaf, tiles and head': {
    attack: async pool => {
      await pool.query(changeEntry);
      await makeFit(pool, 0);
    },
    finds: around300,
  },
  'an entry that is no JSON any more': {
    attack: sql(`UPDATE ledger_entries SET entry = '\\xff00' ${at300}`),
    finds: { wrong: 'entry', at: '0/300' },
  },
  'a row deleted': { attack: sql(`DELETE FROM ledger_entries ${at300}`), finds: { wrong: 'missing', at: '0/300' } },
  'a row deleted, and all made to fit': {
    attack: async pool => {
      await sql(`DELETE FROM ledger_entries ${at300}`, `DELETE FROM ledger_subjects ${at300}`)(pool);
      await shift(pool, 0, 301, -1);
      await makeFit(pool, 0);
    },
    finds: around300,
  },
  'two rows swapped': {
    attack: async pool => {
      for (const table of ['ledger_entries', 'ledger_subjects']) {
        for (const [from, to] of [
          [300, -300],
          [301, 300],
          [-300, 301],
        ])
          await pool.query(`UPDATE ${table} SET index = $2 WHERE shard = 0 AND index = $1`, [from, to]);
      }
    },
    finds: { wrong: 'tile', at: '0/300' },
  },
  'a row given twice': {
    attack: pool => copyRow(pool, 0, 300, 300, 40 * 24 * 60 * 60 * 1000),
    finds: { at: '0/300' },
  },
  'a row duplicated in the middle': {
    attack: async pool => {
      await shift(pool, 0, 301, 1);
      await copyRow(pool, 0, 300, 301);
    },
    finds: { wrong: 'tile', at: '0/301' },
  },
  'a row inserted in the middle, and all made to fit': {
    attack: async pool => {
      await shift(pool, 0, 301, 1);
      await copyRow(pool, 0, 5, 301);
      await makeFit(pool, 0);
    },
    finds: around300,
  },
  'a row inserted at the end': { attack: pool => copyRow(pool, 0, 606, 607), finds: { wrong: 'beyond', at: '0/607' } },
  'the tail cut': {
    attack: sql('DELETE FROM ledger_entries WHERE shard = 0 AND index >= 603'),
    finds: { wrong: 'missing', at: '0/603' },
  },
  'the tail cut, and the head made to fit': {
    attack: async pool => {
      await sql('DELETE FROM ledger_entries WHERE shard = 0 AND index >= 603')(pool);
      await makeFit(pool, 0);
    },
    finds: { wrong: 'missing', at: '0/603' },
  },
  'a whole shard gone': {
    attack: sql(
      ...['entries', 'subjects', 'heads', 'months', 'tiles', 'checkpoints', 'intents'].map(
        table => `DELETE FROM ledger_${table} WHERE shard = 1`,
      ),
    ),
    finds: { wrong: 'missing', at: '1/0' },
  },
  'two adjacent checkpoints deleted': {
    attack: sql('DELETE FROM ledger_entries WHERE shard = -1 AND index IN (4, 5)'),
    finds: { wrong: 'missing', at: 'roll/4', until: 'roll/5' },
  },
  'two adjacent checkpoints deleted, and the roll made to fit': {
    attack: async pool => {
      await pool.query('DELETE FROM ledger_entries WHERE shard = -1 AND index IN (4, 5)');
      await shift(pool, -1, 6, -2);
      await makeFit(pool, -1);
    },
    finds: { wrong: 'missing', at: /^roll\// } as unknown as Partial<Finding>,
  },
  "a shard's checkpoint rolled back": {
    attack: async pool => {
      const [first] = (await rollOf(pool)).checkpoints;
      await pool.query('UPDATE ledger_checkpoints SET size = $1, note = $2, roll_index = $3 WHERE shard = 0', [
        first?.size,
        first?.note,
        first?.index,
      ]);
    },
    finds: { wrong: 'checkpoint', at: '0' },
  },
  'a column changed': {
    attack: sql(`UPDATE ledger_entries SET consumer = 'another' ${at300}`),
    finds: { wrong: 'columns', at: '0/300', detail: 'consumer' },
  },
  'the time of a row changed': {
    attack: sql(`UPDATE ledger_entries SET time = time - 1 ${at300}`),
    finds: { wrong: 'time', at: '0/300' },
  },
  'a side row changed': {
    attack: sql(`UPDATE ledger_subjects SET tag = sha256('another') ${at300}`),
    finds: { wrong: 'subjects', at: '0/300' },
  },
  'a side row deleted': {
    attack: sql(`DELETE FROM ledger_subjects ${at300}`),
    finds: { wrong: 'subjects', at: '0/300' },
  },
  'a side row beyond the end': {
    attack: sql(`INSERT INTO ledger_subjects SELECT shard, 900, time, tag, role FROM ledger_subjects ${at300}`),
    finds: { wrong: 'subjects', at: '0/900' },
  },
  'a salt changed': {
    attack: sql(`UPDATE ledger_entries SET salt = substring(sha256('x') FOR 16) ${at300}`),
    finds: { wrong: 'subjects', at: '0/300' },
  },
  'a tile changed': {
    attack: sql(
      'UPDATE ledger_tiles SET hashes = set_byte(hashes, 44 * 32, 255 - get_byte(hashes, 44 * 32)) WHERE shard = 0 AND index = 1',
    ),
    finds: { wrong: 'tile', at: '0/300' },
  },
  'a tile deleted': {
    attack: sql('DELETE FROM ledger_tiles WHERE shard = 0 AND index = 1'),
    finds: { wrong: 'tile', at: '0', detail: 'tile/0/001' },
  },
  'a head changed': {
    attack: sql(`UPDATE ledger_heads SET root = sha256('x') WHERE shard = 1`),
    finds: { wrong: 'head', at: '1' },
  },
  'a month moved': {
    attack: sql('UPDATE ledger_months SET first_index = 3 WHERE shard = 0'),
    finds: { wrong: 'months', at: '0/0' },
  },
  'an open intent forgotten': {
    attack: sql('DELETE FROM ledger_intents WHERE shard = 0'),
    finds: { wrong: 'intent', at: '0/606' },
  },
  'a closed intent opened again': {
    attack: sql(
      `INSERT INTO ledger_intents SELECT shard, id, index, time, 1 FROM ledger_entries WHERE shard = 0 AND index = 600`,
    ),
    finds: { wrong: 'intent', at: '0/600' },
  },
};

t.test('the ledger', async t => {
  const signed = await signedLedger(t);
  t.test('untouched', async t => {
    const report = await verify(signed, await signed.copy(t));
    t.same(report.findings, []);
    t.match(report, { entries: 611, shards: 2, unsigned: 0, isAnchored: true, isComplete: true });
  });
  for (const [name, { attack, finds }] of Object.entries(attacks)) {
    t.test(name, async t => {
      const pool = await signed.copy(t);
      const roll = await rollOf(pool);
      await attack(pool);
      const { findings } = await verify(signed, pool);
      t.match(findings[0], typeof finds === 'function' ? finds(roll) : finds, JSON.stringify(findings));
    });
  }
  t.test("the roll's checkpoint rolled back", async t => {
    const pool = await signed.copy(t);
    await pool.query('UPDATE ledger_checkpoints SET note = $1 WHERE shard = -1', [signed.notes[1]]);
    const { findings } = await verify(signed, pool);
    t.match(findings[0], { wrong: 'checkpoint', at: 'roll' }, JSON.stringify(findings));
  });
  t.test('a row inserted at the end, and the head made to fit', async t => {
    const pool = await signed.copy(t);
    await copyRow(pool, 0, 604, 607);
    await makeFit(pool, 0);
    t.equal((await verify(signed, pool)).unsigned, 1, 'it is told from what is signed');
    const { findings } = await verify(signed, pool, { patience: 0 });
    t.ok(
      findings.some(({ wrong, at }) => wrong === 'unsigned' && at === '0/607'),
      JSON.stringify(findings),
    );
  });
});
