/** The set of shards as the roll tells of it: an entry for each that was added, and for each that was retired, with its last size. */
import { randomId } from '../random.js';
import { type EntryBody, type Query, rollKind, shardAction } from './ledger.js';

/** What the roll has yet to tell. */
export interface UntoldShard {
  readonly shard: number;
  readonly action: (typeof shardAction)[keyof typeof shardAction];
  readonly entry: EntryBody;
}

/** In the order of telling: a shard is added before it is retired. */
export async function untoldShards(query: Query): Promise<readonly UntoldShard[]> {
  const { rows } = await query(
    `SELECT shard, size, changed_by, change.action FROM ledger_heads
     CROSS JOIN unnest(ARRAY['${shardAction.added}', '${shardAction.retired}']) WITH ORDINALITY AS change (action, turn)
     WHERE shard >= 0 AND CASE change.action WHEN '${shardAction.added}' THEN told IS NULL
       ELSE retired AND told IS DISTINCT FROM '${shardAction.retired}' END
     ORDER BY turn, shard`,
    [],
  );
  return rows.map(row => {
    const shard = Number(row.shard);
    const action = row.action as UntoldShard['action'];
    const entry: EntryBody = {
      kind: rollKind.shard,
      id: randomId(),
      action,
      shard,
      // Of one that was retired nothing follows any more.
      ...(action === shardAction.retired && { size: Number(row.size) }),
      ...(typeof row.changed_by === 'string' && { operator: { id: row.changed_by, assurance: 'asserted' } }),
    };
    return { shard, action, entry };
  });
}

export const saveTold = ({ shard, action }: UntoldShard) => ({
  text: 'UPDATE ledger_heads SET told = $2 WHERE shard = $1',
  values: [shard, action],
});
