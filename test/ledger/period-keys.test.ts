import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { openPeriodKeys, periodOf } from '../../src/ledger/period-keys.js';

t.test('a period is a UTC month', async t => {
  t.equal(periodOf(Date.parse('2026-01-31T23:59:59.999Z')), '2026-01');
  t.equal(periodOf(Date.parse('2026-02-01T00:00:00.000Z')), '2026-02');
  t.equal(periodOf(Date.parse('2026-02-01T07:59:59.999+08:00')), '2026-01');
});

t.test('replicas that share a folder share its keys', async t => {
  const folder = join(t.testdir(), 'keys', 'periods');
  const one = openPeriodKeys(folder);
  const other = openPeriodKeys(folder);
  const tag = one.keyOf('2026-01').tag('resident', 'x');
  t.equal(other.keyOf('2026-01').tag('resident', 'x'), tag);
  t.not(one.keyOf('2026-02').tag('resident', 'x'), tag, 'each period has its own');
  t.same([...other.all().keys()], ['2026-01', '2026-02'], 'also those another replica made');
  t.equal(other.all().get('2026-01')?.tag('resident', 'x'), tag);
});

t.test('a key is 32 bytes that only the owner may read', async t => {
  const folder = t.testdir();
  openPeriodKeys(folder).keyOf('2026-01');
  t.same(readdirSync(folder), ['2026-01.key'], 'no draft is left');
  t.equal(readFileSync(join(folder, '2026-01.key')).length, 32);
  t.equal(statSync(join(folder, '2026-01.key')).mode & 0o777, 0o600);
});

t.test('a damaged key is an error, not a new key', async t => {
  const folder = t.testdir();
  writeFileSync(join(folder, '2026-01.key'), 'too short');
  t.throws(() => openPeriodKeys(folder).keyOf('2026-01'), /bytes/);
  writeFileSync(join(folder, 'notes.txt'), 'not a key');
  openPeriodKeys(folder).keyOf('2026-03');
  t.equal(readFileSync(join(folder, '2026-01.key'), 'utf8'), 'too short');
});
