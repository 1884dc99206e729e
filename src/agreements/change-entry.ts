/** The ledger's entry of a change to an agreement. */
import { createHash } from 'node:crypto';
import { canonicalText } from '../ledger/canonical.js';
import { type Draft, entryKind } from '../ledger/ledger.js';
import type { AgreementVersion } from './store.js';

/**
 * The draft of a version's entry. It says what became of the agreement and who did it, and holds a digest of the
 * terms and pins, SHA-256 in hex of their canonical JSON, so that the table's history can be held to it. The reason is
 * free text that may have to be erased: it stands beside the entry.
 *
 * @param registry digest of the registry the terms were checked against
 */
export function changeDraft({ agreement, action, staff, why, entry }: AgreementVersion, registry: string): Draft {
  const { id, version, state, ...terms } = agreement;
  return {
    entry: {
      kind: entryKind.agreement,
      id: entry,
      action,
      agreement: { id, version },
      state,
      provider: agreement.provider,
      consumer: agreement.consumer,
      service: agreement.service,
      terms: createHash('sha256').update(canonicalText(terms)).digest('hex'),
      registry,
      staff,
    },
    ...(why === undefined ? {} : { text: why }),
  };
}
