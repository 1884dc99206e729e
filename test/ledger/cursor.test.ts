import t from 'tap';
import { readCursor, writeCursor } from '../../src/ledger/cursor.js';
import { openPeriodKeys } from '../../src/ledger/period-keys.js';

t.test('a cursor outlives the month but not its twelve hours', async t => {
  const keys = openPeriodKeys(t.testdir());
  const began = Date.parse('2026-01-31T20:00:00Z');
  const written = writeCursor(keys, 'question', { began, state: { at: 7 } });
  const hour = 3_600_000;
  t.same(readCursor(keys, 'question', written, began + 12 * hour), { began, state: { at: 7 } });
  t.equal(readCursor(keys, 'question', written, began + 12 * hour + 1), null);
  t.equal(readCursor(keys, 'another', written, began), null);
  t.equal(readCursor(keys, 'question', `${written}.x`, began), null);
  t.same([...keys.all().keys()], ['2026-01'], 'reading makes no keys');
});
