/** Step *repeat*: was this `Idempotency-Key` seen before? A repeat never acts twice: it is answered as it was sealed, or not at all. */
import type { Pool } from 'pg';
import type { Exit } from '../problem.js';
import { stillGranted } from './decision.js';
import type { Gateway } from './gateway.js';
import type { Prepared } from './prepare.js';
import type { Sealed, Sealer } from './seal.js';
import type { Trail } from './trail.js';

/** A key this exchange holds from now on; its reply is sealed under it. */
export interface Claim {
  readonly client: string;
  readonly service: string;
  readonly key: string;
}

export interface Repeats {
  /** Claims the key, durably; or finds what it was answered with; or says why neither. */
  claim(claim: Claim, request: string, claimedBy: string): Promise<'claimed' | Earlier | Exit>;
  /** Gives a claim up when nothing has been asked of the department. */
  giveUp(claim: Claim, claimedBy: string): Promise<void>;
  seal(reply: Sealed): Buffer;
}

/** What an earlier exchange under the same key was answered with. */
export interface Earlier {
  readonly record: string;
  readonly sealed: Sealed;
}

export const isEarlier = (found: Claim | Earlier | undefined): found is Earlier =>
  found !== undefined && 'sealed' in found;

const claimSql = `
  INSERT INTO repeats AS earlier (client, service, key, request, claimed_by, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))
  ON CONFLICT (client, service, key) DO UPDATE
    SET request = excluded.request, claimed_by = excluded.claimed_by, claimed_at = now(),
        expires_at = excluded.expires_at, record = NULL, sealed = NULL
    WHERE earlier.expires_at < now()
  RETURNING 1`;
const findSql = 'SELECT request, record, sealed FROM repeats WHERE client = $1 AND service = $2 AND key = $3';
const giveUpSql =
  'DELETE FROM repeats WHERE client = $1 AND service = $2 AND key = $3 AND claimed_by = $4 AND record IS NULL';

/** @param life how long a reply stays repeatable now, seconds */
export function openRepeats(pool: Pool, sealer: Sealer, life: () => number): Repeats {
  return {
    async claim({ client, service, key }, request, claimedBy) {
      const digest = sealer.digest(request);
      const claimed = await pool.query(claimSql, [client, service, key, digest, claimedBy, life()]);
      if (claimed.rowCount === 1) return 'claimed';
      const { rows } = await pool.query<{ request: Buffer; record: string | null; sealed: Buffer | null }>(findSql, [
        client,
        service,
        key,
      ]);
      const earlier = rows[0];
      if (earlier === undefined) return { code: 'STILE_REPEAT_UNAVAILABLE', retryAfter: 1 };
      if (!earlier.request.equals(digest)) return { code: 'STILE_REPEAT_MISMATCH' };
      if (earlier.record === null || earlier.sealed === null) return { code: 'STILE_REPEAT_UNANSWERED' };
      const sealed = sealer.unseal(earlier.sealed);
      return sealed === null ? { code: 'STILE_REPEAT_CHANGED' } : { record: earlier.record, sealed };
    },
    async giveUp({ client, service, key }, claimedBy) {
      await pool.query(giveUpSql, [client, service, key, claimedBy]);
    },
    seal: reply => sealer.seal(reply),
  };
}

/**
 * @returns the claim when the key is new, what the earlier exchange was answered with when it is not, nothing without a key
 */
export async function repeat(
  { received, service, grant }: Prepared,
  gateway: Gateway,
  trail: Trail,
): Promise<Claim | Earlier | Exit | undefined> {
  const key = received.idempotencyKey;
  if (key === undefined) return service.safe ? undefined : { code: 'STILE_REPEAT_KEY_REQUIRED' };
  const claim = { client: trail.client?.id ?? '', service: service.id, key };
  const request = `${trail.purpose}\0${received.bytes.toString('utf8')}`;
  const found = await gateway.repeats
    .claim(claim, request, trail.id)
    .catch((): Exit => ({ code: 'STILE_REPEAT_UNAVAILABLE', retryAfter: 1 }));
  if (found === 'claimed') {
    trail.claim = claim;
    return claim;
  }
  if ('code' in found) return found;
  const { id, version } = found.sealed.agreement;
  if (id !== grant.agreement.id || version !== grant.agreement.version) return { code: 'STILE_REPEAT_CHANGED' };
  const { under = [] } = found.sealed;
  if (!stillGranted(under, gateway, trail)) return { code: 'STILE_REPEAT_CHANGED' };
  trail.under = under;
  trail.repeats = found.record;
  return found;
}
