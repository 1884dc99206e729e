/** Lets each client assertion be used once, by any replica: its id is kept in the store as long as it could be used. */
import { createHash } from 'node:crypto';
import type { Query } from '../ledger/ledger.js';

/** Old rows taken away with each new one: more than come in, so that the table stays as small as what is live. */
const purged = 20;

/** Kept for a minute longer than needed, as replicas' and the database's clocks differ. */
const statement = `
  with old as (
    delete from assertion_ids where digest in (
      select digest from assertion_ids where expires < now() - interval '1 minute' limit ${purged} for update skip locked)
  )
  insert into assertion_ids (digest, expires) values ($1, $2) on conflict do nothing returning 1`;

/**
 * Uses an assertion's id up.
 *
 * @param query of a connection on which every statement has a deadline
 * @param client whose id it is: another client may well use the same
 * @param expires until when it must be remembered, milliseconds since 1970
 * @returns false when it was used before
 * @throws when the store does not answer: then nobody knows, and no token may be issued
 */
export async function useAssertionId(query: Query, client: string, jti: string, expires: number): Promise<boolean> {
  const digest = createHash('sha256').update(`${client}\0${jti}`).digest();
  return (await query(statement, [digest, new Date(expires)])).rows.length === 1;
}
