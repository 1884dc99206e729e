/** Suspending an agreement under load: once it is acknowledged nothing more is released, on any replica, whatever was in flight. */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { sampleResidents } from '../../src/sandbox/samples.js';
import { type Answer, openGateway, type TestGateway } from '../gateway.js';

const marriage = 'civil-affairs/marriage-status/v1';
const { married } = sampleResidents;

interface Timed {
  readonly answer: Answer;
  readonly answeredAt: number;
}

async function suspend(gateway: TestGateway): Promise<number> {
  const answer = await gateway.call('/operate/agreements/housing-marriage-status/suspend', {
    method: 'POST',
    headers: { authorization: `Bearer ${await gateway.token('staff/officer')}`, 'content-type': 'application/json' },
    body: { why: 'a complaint is looked into' },
  });
  if (answer.status !== 200) throw new Error(answer.text);
  return performance.now();
}

t.test('two replicas under load', async t => {
  const first = await openGateway(t);
  const second = await openGateway(t, { beside: first });
  first.departments.civilAffairs.misbehave({ kind: 'slow', milliseconds: 20 });
  const answers: Timed[] = [];
  let stop = false;
  const caller = async (gateway: TestGateway) => {
    while (!stop) {
      const answer = await gateway.exchange(marriage, { residentId: married.residentId });
      answers.push({ answer, answeredAt: performance.now() });
    }
  };
  const callers = [first, second].flatMap(gateway => Array.from({ length: 12 }, () => caller(gateway)));
  await until(() => answers.length > 60);
  const acknowledged = await suspend(first);
  const before = answers.length;
  await until(() => answers.length > before + 120);
  stop = true;
  await Promise.all(callers);

  const released = answers.filter(({ answer }) => answer.status === 200);
  const refused = answers.filter(({ answer }) => answer.body?.code === 'STILE_AGREEMENT_SUSPENDED');
  t.ok(released.length > 50, `${released.length} were released before`);
  t.ok(refused.length > 50, `${refused.length} were refused after`);
  t.equal(released.length + refused.length, answers.length, 'and there is no third way');

  // The ledger's own order is the proof: in each shard, nothing is released behind the change of version.
  const entries = await entriesOf(first);
  const change = entries.find(({ entry }) => entry.kind === 'agreement' && entry.action === 'suspend');
  t.ok(change, 'the suspension is on record');
  for (const shard of new Set(entries.map(each => each.shard))) {
    const inShard = entries.filter(each => each.shard === shard);
    const behind = inShard.filter(
      ({ entry }) => entry.code === 'STILE_AGREEMENT_SUSPENDED' || entry.action === 'suspend',
    );
    const end = Math.min(...behind.map(({ index }) => index));
    const late = inShard.filter(
      ({ entry, index }) => entry.outcome === 'released' && entry.kind === 'exchange' && index > end,
    );
    t.same(late, [], `shard ${shard}: nothing is recorded as released behind position ${end}`);
  }

  // A reply may still be on its way to its caller when the suspension is acknowledged: then its record came first.
  for (const { answer, answeredAt } of released) {
    if (answeredAt <= acknowledged) continue;
    const [shard, index] = (answer.record ?? '').split('/').map(Number);
    if (shard === change?.shard) t.ok(Number(index) < Number(change?.index), 'what arrived later was recorded before');
  }
  t.ok(
    refused.some(({ answer }) => answer.record !== null),
    'refusals have records',
  );
  const inFlight = entries.filter(({ entry }) => entry.code === 'STILE_AGREEMENT_SUSPENDED' && entry.asked === true);
  t.ok(inFlight.length > 0, `${inFlight.length} exchanges were in flight, decided again on the reply, and stopped`);
});

interface Found {
  readonly shard: number;
  readonly index: number;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** Waits for a condition that load brings about. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}

/** All entries of all shards, as an auditor pages through them. */
async function entriesOf(gateway: TestGateway): Promise<Found[]> {
  const headers = {
    authorization: `Bearer ${await gateway.token('staff/auditor')}`,
    'content-type': 'application/json',
  };
  const found: Found[] = [];
  let cursor: unknown;
  do {
    const body = cursor === undefined ? { limit: 500 } : { limit: 500, cursor };
    const answer = await gateway.call('/audit/search', { method: 'POST', headers, body });
    const page = answer.body as { entries: { position: string; entry: Found['entry'] }[]; cursor?: string };
    for (const { position, entry } of page.entries) {
      const [shard = 0, index = 0] = position.split('/').map(Number);
      found.push({ shard, index, entry });
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}
