/**
 * `kill -9` of the gateway while composites run: every reply has its record and those of its parts, and parts whose whole never
 * came to an end lead to a record that says so.
 *
 * Its fault points are the messages to the store, as in kill-point.test.ts. Several ask at once, so that one is killed between its
 * parts and another before its record.
 *
 * Fault: kill -9 of the gateway, at every await
 */
import pg from 'pg';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { check } from '../exchange/composing.js';
import { importAgreements, sandboxAgreements } from '../gateway.js';
import { account, exchangeTraced, type Traced } from './account.js';
import type { Moment } from './cut-proxy.js';
import { openKillableGateway } from './killable-gateway.js';

const moments: readonly Moment[] = process.env.STILE_SLOW ? ['before', 'after'] : ['after'];
/** How often it is killed, each time so many messages later. A lone composite is over after six: its intent, four parts, its record. */
const kills = process.env.STILE_SLOW ? 24 : 6;
const stride = process.env.STILE_SLOW ? 1 : 3;
const callersAtOnce = 3;

t.setTimeout(moments.length * kills * 15_000 + 60_000);

const { store, proxy, client, start } = await openKillableGateway(t);

const compose = (): Promise<Traced> =>
  exchangeTraced(client, check, { residentId: sampleResidents.married.residentId });

/** Asks again and again, until nobody answers any more. */
async function keepAsking(told: Traced[]): Promise<void> {
  for (;;) {
    const traced = await compose().catch(() => undefined);
    if (traced === undefined) return;
    told.push(traced);
  }
}

t.test(`killed ${kills} times`, async t => {
  let gateway = await start();
  await importAgreements(client, sandboxAgreements());
  await client.token('housing/permits');
  const told: Traced[] = [];
  for (const moment of moments) {
    for (let kill = 1; kill <= kills; kill++) {
      const hung = proxy.hangAt(kill * stride, moment);
      const asking = Array.from({ length: callersAtOnce }, () => keepAsking(told));
      await hung;
      await gateway.end('SIGKILL');
      proxy.disarm();
      await Promise.all(asking);
      gateway = await start();
    }
  }
  told.push(await compose());
  t.equal(told.at(-1)?.answer.status, 200, 'it answers again');
  await gateway.end('SIGTERM');

  const entries = await account(t, { database: store }, told);
  const at = new Map(entries.map(entry => [String(entry.position), entry]));
  const parts = entries.filter(({ parent }) => parent !== undefined);
  const partsOf = (position: unknown) => parts.filter(({ parent }) => parent === position);
  t.strictSame(
    parts.filter(
      ({ parent }) => at.get(String(parent))?.kind !== 'intent' || at.get(String(parent))?.service !== check,
    ),
    [],
    `each of ${parts.length} parts names the intent of its whole`,
  );
  t.equal(
    new Set(parts.map(({ parent, service }) => `${parent} ${service}`)).size,
    parts.length,
    'none is there twice',
  );

  const intents = entries.filter(({ kind, service }) => kind === 'intent' && service === check);
  const wholes = intents.map(intent => ({
    intent,
    records: entries.filter(entry => entry.kind === 'exchange' && entry.intent === intent.id),
  }));
  t.strictSame(
    wholes.filter(({ records }) => records.length !== 1),
    [],
    `each of ${intents.length} composites has one record`,
  );
  const astray = wholes.filter(({ intent, records: [record] }) => {
    const named = partsOf(intent.position).map(({ position }) => position);
    if (record?.outcome === 'unknown') return record.parts !== undefined;
    return [...((record?.parts ?? []) as unknown[])].sort().join() !== named.sort().join();
  });
  t.strictSame(astray, [], 'it names the parts that name its intent, and no others');
  const cut = wholes.filter(({ records: [record] }) => record?.outcome === 'unknown');
  t.ok(
    cut.some(({ intent }) => partsOf(intent.position).some(({ outcome }) => outcome === 'released')),
    'some were killed with parts on record',
  );
  const reader = new pg.Client({ connectionString: store });
  await reader.connect();
  const { rows } = await reader.query('SELECT FROM ledger_intents');
  await reader.end();
  t.equal(rows.length, 0, 'no intent is left open');
});
