/** How much of the ledger is signed and cosigned: kept up with the store, so that whoever needs a proof can wait for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { WitnessSettings } from '../registry/settings.js';
import { listen } from '../store/listen.js';
import { parseCheckpoint } from './checkpoint.js';
import { originOf } from './checkpoint-signer.js';
import { cosignatureVerifier } from './cosignature.js';
import { type Cosigned, cosignedBy } from './cosigned.js';
import { type Position, rollShard } from './ledger.js';
import { parseNote } from './note.js';
import { checkpointsChannel } from './roll.js';

/** Who must have signed the roll's checkpoint: the ledger's own keys, or as many witnesses as the policy asks for as well. */
export const signedBy = { ledger: 'ledger', witnesses: 'witnesses' } as const;
export type SignedBy = (typeof signedBy)[keyof typeof signedBy];

export interface Signed {
  /**
   * Waits until a signed checkpoint, in the roll and under a signed checkpoint of the roll, covers a position. It has nothing
   * signed: what is signed each time anyhow is enough.
   *
   * @param milliseconds longest wait
   * @returns null when it is not covered by then
   */
  covers(position: Position, by: SignedBy, milliseconds: number): Promise<Covered | null>;
  /** Whether fewer witnesses than the policy asks for have cosigned lately; never where there are none. */
  tooFewWitnesses(): boolean;
  close(): Promise<void>;
}

export interface Covered {
  /** The agreements' version at a time when the position was covered already. */
  readonly agreements: number;
}

export interface SignedOptions {
  /** Connection string, for the notifications. */
  readonly database: string;
  readonly pool: Pool;
  readonly deployment: string;
  readonly settings: WitnessSettings;
  readonly logger: Logger;
  /** This machine's clock, milliseconds since 1970 in UTC. */
  readonly now: () => number;
}

/** Between two looks at how fresh the cosignatures are, milliseconds. */
const look = 1000;

/** Of the notes the roll's alone: a shard's checkpoint counts through it. The agreements' version is of the same moment. */
const readSql = `
  SELECT signed.*, (SELECT max(agreements) FROM ledger_heads) AS agreements FROM (
    SELECT '${signedBy.ledger}' AS by, shard, size, roll_index, NULL AS note FROM ledger_checkpoints
    UNION ALL SELECT '${signedBy.witnesses}', shard, size, roll_index, CASE WHEN shard = ${rollShard} THEN note END
      FROM ledger_witnessed
  ) AS signed`;

interface Row {
  readonly by: SignedBy;
  readonly shard: number;
  readonly size: string;
  readonly roll_index: string | null;
  readonly note: string | null;
  readonly agreements: string | null;
}

export async function watchSigned(options: SignedOptions): Promise<Signed> {
  const { database, pool, settings, logger, now } = options;
  const { required, stale } = settings.witnessPolicy;
  const witnesses = settings.witnesses.map(({ key }) => cosignatureVerifier(key));
  const origin = originOf(options.deployment, rollShard);
  let rows: readonly Row[] = [];
  let cosigned: readonly Cosigned[] = [];
  let changed = () => {};
  let next = new Promise<void>(resolve => {
    changed = resolve;
  });

  async function read(): Promise<void> {
    rows = (await pool.query<Row>(readSql)).rows;
    const roll = rows.find(({ by, shard }) => by === signedBy.witnesses && shard === rollShard);
    cosigned = roll === undefined ? [] : cosignaturesOf(roll);
    changed();
    next = new Promise(resolve => {
      changed = resolve;
    });
  }

  /** Verified, as the store is just what witnesses are there not to trust. */
  function cosignaturesOf({ note, size }: Row): readonly Cosigned[] {
    const checkpoint = parseCheckpoint(parseNote(note ?? '').text);
    return checkpoint.origin === origin && checkpoint.size === Number(size) ? cosignedBy(note ?? '', witnesses) : [];
  }

  function isCovered({ shard, index }: Position, by: SignedBy): boolean {
    if (by === signedBy.witnesses && (witnesses.length === 0 || cosigned.length < required)) return false;
    const of = (log: number) => rows.find(row => row.by === by && row.shard === log);
    const own = of(shard);
    // Until the roll that holds a shard's checkpoint is signed, its signing may yet be refused.
    return index < Number(own?.size ?? 0) && Number(own?.roll_index) < Number(of(rollShard)?.size ?? 0);
  }

  function tooFewWitnesses(): boolean {
    const earliest = now() / 1000 - stale;
    return witnesses.length > 0 && cosigned.filter(({ time }) => time >= earliest).length < required;
  }

  let wasTooFew = false;
  const watch = setInterval(() => {
    const isTooFew = tooFewWitnesses();
    if (isTooFew && !wasTooFew) logger.error({ required, stale }, 'too few witnesses have cosigned the ledger lately');
    if (!isTooFew && wasTooFew) logger.info('enough witnesses cosign the ledger again');
    wasTooFew = isTooFew;
  }, look).unref();

  // One after another: an answer that comes late must not hide a newer one.
  let reading = Promise.resolve();
  const hear = () => {
    reading = reading.then(read).catch(error => logger.warn({ err: error }, 'what is signed cannot be read yet'));
  };
  const listener = await listen(database, checkpointsChannel, hear, logger);

  return {
    async covers(position, by, milliseconds) {
      const over = new AbortController();
      const end = sleep(milliseconds, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      const limit = end.then(() => true);
      while (!isCovered(position, by)) {
        if (await Promise.race([next.then(() => false), limit])) break;
      }
      over.abort();
      return isCovered(position, by) ? { agreements: Number(rows[0]?.agreements) } : null;
    },
    tooFewWitnesses,
    async close() {
      clearInterval(watch);
      await listener.close();
      await reading;
    },
  };
}
