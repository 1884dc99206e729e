/** Erases the text beside an entry: the erasure and its entry in one transaction, then a file that outlives the database. */

import { randomId } from '../random.js';
import type { KeptErasures } from './kept-erasures.js';
import {
  type Draft,
  type ErasureReason,
  entryKind,
  erasureAction,
  type Position,
  positionText,
  type Query,
} from './ledger.js';
import { textsAt } from './texts.js';

export interface ErasedBy {
  readonly staff: { readonly id: string; readonly role: string };
  readonly reason: ErasureReason;
}

export interface EraseOptions extends ErasedBy {
  /** Of the entry whose text is to be erased. */
  readonly position: Position;
  readonly query: Query;
  readonly kept: KeptErasures;
  /** Appends the erasure's entry. */
  readonly append: (draft: Draft) => Promise<Position>;
  /** The address the request came from. */
  readonly source: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** @returns position of the erasure's entry; null when there is no text, or none any more */
export async function eraseText(options: EraseOptions): Promise<Position | null> {
  const { position, staff, reason, query, kept, append, source, now } = options;
  const stored = (await textsAt(query, [position], kept)).get(positionText(position));
  if (stored === undefined || 'erased' in stored.beside) return null;
  const erasure = await append(erasureDraft({ staff, reason }, position, { source }));
  kept.keep(stored.id, { record: positionText(erasure), time: new Date(now).toISOString(), reason, staff });
  return erasure;
}

/** @param more further members of the entry */
export const erasureDraft = ({ staff, reason }: ErasedBy, position: Position, more: object): Draft => ({
  entry: {
    kind: entryKind.erasure,
    id: randomId(),
    action: erasureAction.text,
    record: positionText(position),
    reason,
    staff,
    ...more,
  },
  erases: true,
});
