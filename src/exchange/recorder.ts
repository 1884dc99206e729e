/** Records what is attempted outside the pipeline, tokens and audits, through the same refusal gate. */
import { type Draft, type Ledger, outcome, type Position } from '../ledger/ledger.js';
import type { Refusal, RefusalGate } from './refusals.js';

/**
 * Writes an entry down before anything is answered.
 *
 * @param source the address the request came from, so that one source's refusals can become one entry
 * @returns its position; undefined when it was counted into another entry
 * @throws LedgerError and then nothing is released
 */
export type Record = (draft: Draft, source: string) => Promise<Position | undefined>;

export function openRecorder(ledger: Ledger, refusals: RefusalGate, now: () => number): Record {
  return async (draft, source) => {
    const { entry } = draft;
    const text = (member: string): string | undefined => {
      const value = entry[member];
      return typeof value === 'string' ? value : undefined;
    };
    const refusal = {
      source,
      client: text('client'),
      consumer: text('consumer'),
      staff: entry.staff as Refusal['staff'],
      service: text('service'),
      code: text('code') ?? '',
      stage: text('stage') ?? entry.kind,
      outcome: outcome.refused,
    };
    if (entry.outcome === outcome.refused && !refusals.records(refusal, now())) return undefined;
    return ledger.append(draft);
  };
}
