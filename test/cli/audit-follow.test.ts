import t from 'tap';
import { run } from '../../src/cli/audit.js';
import { displayWidth } from '../../src/cli/display.js';
import type { Controls } from '../routes/audit-gateway.js';
import { at, filled, lines, terminalLike } from './audit-terminal.js';

t.test('tail ends with the newest', async t => {
  const { gateway, refused, failed } = await filled(t);
  const io = terminalLike(at(gateway));
  t.equal(await run(['tail', '-n', '2', '--json', '--kind', 'exchange'], io), 0);
  t.same(
    lines(io.out()).map(line => (JSON.parse(line) as { position: string }).position),
    [refused, failed],
  );
});

t.test('a follow goes on through a restart of the gateway, under one record', async t => {
  const { gateway, append, failed } = await filled(t);
  const io = terminalLike(at(gateway), 100);
  const running = run(['tail', '--follow', '-n', '1', '--kind', 'exchange'], io);
  await io.shows(failed);
  const next = await append();
  await io.shows(next);
  await gateway.stop();
  await io.shows('trying again');
  const missed = await append({ outcome: 'refused', code: 'STILE_QUOTA' });
  await gateway.start();
  await io.shows(missed);
  await io.shows('gateway is back');
  io.end();
  t.equal(await running, 0);
  const shown = lines(io.out()).slice(2);
  t.same(
    shown.map(line => line.split(/ +/)[1]),
    [failed, next, missed],
  );
  for (const line of lines(io.out())) t.ok(displayWidth(line) <= 100, line);
  const { rows } = await gateway.pool.query(`SELECT 1 FROM ledger_entries WHERE kind = 'search'`);
  t.equal(rows.length, 1);
});

t.test('a follow whose twelve hours are over is asked for again where it ended', async t => {
  const controls: Controls = {};
  const { gateway, append, failed } = await filled(t, controls);
  const io = terminalLike(at(gateway));
  const running = run(['tail', '-f', '-n', '1', '--kind', 'exchange', '--json'], io);
  await io.shows(`"${failed}"`);
  controls.ahead = 12 * 3_600_000 + 1;
  const next = await append();
  await io.shows(`"${next}"`);
  io.end();
  t.equal(await running, 0);
  const { rows } = await gateway.pool.query<{ entry: Buffer }>(
    `SELECT entry FROM ledger_entries WHERE kind = 'search' ORDER BY shard, index`,
  );
  const looks = rows.map(row => JSON.parse(row.entry.toString()) as Record<string, unknown>);
  t.match(
    looks.map(look => look.outcome),
    ['released', 'refused', 'released'],
  );
  t.match(looks[2], { after: { '0': Number } });
});
