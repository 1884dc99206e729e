/**
 * What somebody may do who has every right in the database and keys of their own, or an older or another copy of it.
 *
 * Fault: the key swapped, the boundary of a rotation forged
 * Fault: the database restored from a backup, or forked
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { pino } from 'pino';
import t from 'tap';
import { readLogKeys } from '../../src/ledger/log-key.js';
import { openLedger } from '../../src/ledger/open.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';
import { keysEntry, verifierKeysOf } from '../../src/ledger/roll-keys.js';
import type { VerificationState } from '../../src/ledger/verification/verify-store.js';
import { draftOf } from '../ledger/open-store.js';
import { until } from '../until.js';
import { makeFit } from './rewriting.js';
import { deployment, forgetfulKeys, signedLedger, startRoll, verify } from './signed-ledger.js';

type Copy = pg.Pool & { readonly database: string };

const origin = `${deployment}/ledger`;

/** Signs all there is in a copy, as a gateway with those keys does. @returns the roll's note */
async function sign(copy: Copy, keyFolder: string): Promise<string> {
  const roll = startRoll(copy.database, keyFolder);
  let note = '';
  await until(async () => {
    const { rows } = await copy.query(
      `SELECT note, (SELECT bool_and(head.size = coalesce(signed.size, 0)) FROM ledger_heads AS head
         LEFT JOIN ledger_checkpoints AS signed USING (shard)) AS whole FROM ledger_checkpoints WHERE shard = -1`,
    );
    note = rows[0]?.note ?? '';
    return rows[0]?.whole === true;
  });
  await roll.close();
  return note;
}

/** Appends to a copy and signs. */
async function grow(copy: Copy, keyFolder: string): Promise<string> {
  const ledger = await openLedger({
    database: copy.database,
    keys: openPeriodKeys(join(keyFolder, 'periods')),
    settings: { deadline: 5000, statementDeadline: 2000, queue: 100, lease: 1000, shards: 2 },
    logger: pino({ level: 'silent' }),
  });
  await ledger.append(draftOf());
  await ledger.close();
  return sign(copy, keyFolder);
}

const removeRoll = async (copy: Copy) => {
  for (const table of ['entries', 'subjects', 'tiles', 'checkpoints', 'months', 'heads'])
    await copy.query(`DELETE FROM ledger_${table} WHERE shard = -1`);
  await copy.query('DELETE FROM ledger_checkpoints');
  await copy.query('UPDATE ledger_heads SET told = NULL');
};

t.test('a ledger', async t => {
  const signed = await signedLedger(t);
  const { key } = signed;

  await t.test('signed anew, all of it, by another key', async t => {
    const copy = await signed.copy(t);
    const folder = mkdtempSync(join(tmpdir(), 'stile-attacker-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    await copy.query(`UPDATE ledger_entries SET entry = convert_to(replace(convert_from(entry, 'UTF8'), 'released',
      'refused'), 'UTF8'), outcome = 'refused' WHERE shard = 0 AND index = 300`);
    await makeFit(copy, 0);
    await removeRoll(copy);
    await sign(copy, folder);
    const [own = ''] = verifierKeysOf(origin, readLogKeys(folder));
    t.same((await verify({ key: own }, copy)).findings, [], 'whoever believes that key finds nothing');
    const { findings, isAnchored } = await verify(signed, copy);
    t.match(findings, [{ wrong: 'key', at: 'roll' }]);
    t.equal(isAnchored, false);
  });

  await t.test('whose keys are changed at a boundary that no earlier key signed', async t => {
    const copy = await signed.copy(t);
    const folder = mkdtempSync(join(tmpdir(), 'stile-attacker-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const { rows } = await copy.query('SELECT index, entry FROM ledger_entries WHERE shard = -1 ORDER BY index');
    const rotation = rows.findLast(row => JSON.parse(row.entry).kind === 'key');
    const forged = { ...JSON.parse(rotation.entry), ...keysEntry(origin, readLogKeys(folder)) };
    const text = JSON.stringify(forged, Object.keys(forged).sort());
    await copy.query('UPDATE ledger_entries SET entry = $2, id = $3 WHERE shard = -1 AND index = $1', [
      rotation.index,
      Buffer.from(text),
      forged.id,
    ]);
    await makeFit(copy, -1);
    const { findings } = await verify(signed, copy);
    t.match(findings[0], { wrong: 'key', at: `roll/${rotation.index}` }, JSON.stringify(findings));
    t.ok(findings.some(({ wrong, at }) => wrong === 'root' && at === 'roll'));
  });

  await t.test("restored from yesterday's backup", async t => {
    const today = await signed.copy(t);
    const note = await grow(today, forgetfulKeys(t, signed.keyFolder));
    t.same((await verify(signed, today, { kept: [note] })).findings, []);
    const yesterday = await signed.copy(t);
    t.same((await verify(signed, yesterday)).findings, [], 'it is whole in itself');
    const { findings } = await verify(signed, yesterday, { kept: [note] });
    t.match(findings, [{ wrong: 'kept', at: 'roll' }]);
  });

  await t.test('of which two databases grow apart', async t => {
    const one = await signed.copy(t);
    const other = await signed.copy(t);
    const note = await grow(one, forgetfulKeys(t, signed.keyFolder));
    await grow(other, forgetfulKeys(t, signed.keyFolder));
    t.same((await verify(signed, other)).findings, [], 'it is whole in itself');
    for (const kept of [signed.notes.slice(0, 2), signed.notes])
      t.same((await verify(signed, other, { kept })).findings, [], 'of before they parted');
    t.match((await verify(signed, other, { kept: [...signed.notes, note] })).findings, [{ wrong: 'kept', at: 'roll' }]);
  });

  await t.test('verified in two goes is found to be the same, and what was wrong stays found', async t => {
    const copy = await signed.copy(t);
    await copy.query(`UPDATE ledger_entries SET consumer = 'another' WHERE shard = 0 AND index = 300`);
    const whole = await verify(signed, copy);
    t.match(whole.findings, [{ wrong: 'columns', at: '0/300' }]);
    const controller = new AbortController();
    const states: VerificationState[] = [];
    const begun = await verify(signed, copy, {
      kept: [signed.notes[0] ?? ''],
      progress: done => done >= 601 && controller.abort(),
      save: state => states.push(state),
      ended: controller.signal,
    });
    t.equal(begun.isComplete, false);
    const from: VerificationState = JSON.parse(JSON.stringify(states.at(-1)));
    t.ok(from.roll.size > 0 && from.roll.size < whole.rollEntries, `it was ended at ${from.roll.size}`);
    const rest = await verify(signed, copy, { from, kept: signed.notes });
    t.same(rest.findings, whole.findings);
    t.same([rest.entries, rest.rollEntries, rest.roll], [whole.entries, whole.rollEntries, whole.roll]);
    t.ok(rest.isAnchored);
    const [first = ''] = signed.notes;
    const forged = first.replace(/^(.*\n.*\n)(.)/, (_, start, letter) => start + (letter === 'A' ? 'B' : 'A'));
    t.match((await verify({ key }, copy, { from, kept: [forged] })).findings[1], { wrong: 'kept', at: 'roll' });
  });
});
