/** The search columns of an entry: a pure function of it, so that whoever verifies the ledger derives them again. */
import type { EntryBody } from './ledger.js';

/** The columns that many entries share. */
export interface Facet {
  readonly kind: string;
  readonly outcome: string | undefined;
  readonly code: string | undefined;
  /** The client's or the staff member's id. */
  readonly actor: string | undefined;
  readonly consumer: string | undefined;
  readonly provider: string | undefined;
  readonly service: string | undefined;
  readonly purpose: string | undefined;
}

/** All search columns of one entry. */
export interface Columns extends Facet {
  readonly id: string;
  readonly case: string | undefined;
  readonly operator: string | undefined;
}

/** The columns of an entry, before or after the ledger gave it its time: neither adds to them. */
export function columnsOf(entry: EntryBody): Columns {
  return {
    kind: entry.kind,
    outcome: textOf(entry.outcome),
    code: textOf(entry.code),
    actor: textOf(entry.client) ?? idOf(entry.staff),
    consumer: textOf(entry.consumer),
    provider: textOf(entry.provider),
    service: textOf(entry.service),
    purpose: textOf(entry.purpose),
    id: entry.id,
    case: textOf(entry.case),
    operator: idOf(entry.operator),
  };
}

const textOf = (member: unknown): string | undefined => (typeof member === 'string' ? member : undefined);

const idOf = (member: unknown): string | undefined =>
  typeof member === 'object' && member !== null ? textOf((member as { readonly id?: unknown }).id) : undefined;
