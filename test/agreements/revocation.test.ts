/** Revocation is exact: under load on two shards, nothing is released under an agreement once its suspension is answered. */
import t from 'tap';
import { act } from '../../src/agreements/act.js';
import { importAgreements } from '../../src/agreements/import.js';
import { decide } from '../../src/exchange/decide.js';
import { LedgerError, ledgerFault } from '../../src/ledger/ledger.js';
import { isExit } from '../../src/problem.js';
import { draftOf } from '../ledger/open-store.js';
import { officer, openAgreements, type Replica } from './open-agreements.js';
import { agreementOf, clientOf, household } from './sample.js';

const {
  version: _version,
  state: _state,
  pins: _pins,
  ...terms
} = agreementOf({ from: '2000-01-01', until: '2099-12-31' });

/** What the pipeline does once a department has answered: record under the decision, and decide again when it has moved. */
async function record(replica: Replica, moved: () => void): Promise<'released' | 'refused'> {
  for (;;) {
    const grants = replica.index.current();
    const found = decide(
      {
        client: clientOf('housing/permits'),
        purpose: 'public-rental-housing',
        tokenPurpose: undefined,
        request: { residentId: '440304198804123031' },
        now: Date.now(),
        registry: replica.registry(),
      },
      grants.of('housing', household.id),
    );
    if (isExit(found)) {
      await replica.ledger.append(draftOf({}, { outcome: 'refused', code: found.code }));
      return 'refused';
    }
    try {
      await replica.ledger.append(draftOf({ agreements: grants.version }, { outcome: 'released' }));
      return 'released';
    } catch (error) {
      if (!(error instanceof LedgerError) || error.fault !== ledgerFault.moved) throw error;
      moved();
      await replica.index.refresh(grants.version + 1);
    }
  }
}

const rounds = process.env.STILE_SLOW ? 20 : 3;

t.test('200 exchanges at a time on two replicas while the agreement is suspended and resumed', async t => {
  const store = await openAgreements(t, 2);
  const replicas = [await store.replica(), await store.replica()] as const;
  t.same(new Set(replicas.map(({ ledger }) => ledger.metrics.shard)), new Set([0, 1]));
  await importAgreements([terms], officer(), replicas[0]);
  await replicas[1].index.refresh();

  for (let round = 0; round < rounds; round++) {
    let stopped = false;
    let answered = false;
    const counts = { released: 0, refused: 0, moved: 0, late: 0 };
    const worker = async (replica: Replica) => {
      while (!stopped) {
        const late = answered;
        const outcome = await record(replica, () => {
          counts.moved += 1;
        });
        counts[outcome] += 1;
        if (late && outcome === 'released') counts.late += 1;
      }
    };
    const workers = Array.from({ length: 200 }, (_, at) => worker(at % 2 === 0 ? replicas[0] : replicas[1]));
    await until(() => counts.released >= 400);

    const suspended = await act('suspend', terms.id, 'under load', officer(), replicas[0]);
    if (isExit(suspended)) throw new Error(`the suspension was refused: ${suspended.code}`);
    answered = true;
    const { rows: heads } = await store.pool.query<{ shard: number; size: string }>(
      'SELECT shard, size FROM ledger_heads',
    );
    const refusedBefore = counts.refused;
    await until(() => counts.refused >= refusedBefore + 200);
    stopped = true;
    await Promise.all(workers);

    t.equal(counts.late, 0, 'no exchange that began after the answer was released');
    t.ok(counts.moved > 0, 'exchanges were in flight when it moved');
    for (const { shard, size } of heads) {
      const { rows } = await store.pool.query(
        `SELECT count(*) FILTER (WHERE outcome = 'released')::int AS released, count(*)::int AS all
          FROM ledger_entries WHERE shard = $1 AND index >= $2`,
        [shard, size],
      );
      t.equal(rows[0]?.released, 0, `nothing was released on shard ${shard} after the answer`);
      t.ok(rows[0]?.all > 0, `shard ${shard} went on`);
    }
    await act('resume', terms.id, 'next round', officer(), replicas[0]);
    await replicas[1].index.refresh();
  }
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 2));
}
