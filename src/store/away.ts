/** Tells a store that does not answer from a statement of ours that is wrong. */
import { DatabaseError } from 'pg';

/** The store did not answer in time, or could not. */
export class StoreAway extends Error {
  constructor(cause: unknown) {
    super('the store does not answer', { cause });
    this.name = 'StoreAway';
  }
}

/** Classes of SQLSTATE by which the statement itself is at fault, which is a bug of ours. */
const ownFault = /^(?:22|42)/;

export const isOwnFault = (error: unknown): boolean =>
  error instanceof DatabaseError && ownFault.test(error.code ?? '');

/**
 * Awaits a query's answer.
 *
 * @throws {StoreAway} when there is none for a reason that may pass
 */
export async function answerOf<T>(query: Promise<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw isOwnFault(error) ? error : new StoreAway(error);
  }
}
