/** What a verification of a whole ledger comes to, whether it was read from its store or from a server. */
import type { TreeHead } from '../proof.js';
import type { Finding } from './finding.js';

export interface LedgerReport {
  readonly deployment: string;
  /** Of all shards, and of the roll. */
  readonly entries: number;
  readonly rollEntries: number;
  readonly shards: number;
  /** Checkpoints of shards. */
  readonly checkpoints: number;
  /** The roll's last signed checkpoint, and its note; null where none verifies. */
  readonly roll: (TreeHead & { readonly note: string }) | null;
  /** Entries that are in archives alone. */
  readonly dropped: number;
  /** The roll's keys in force; and whether one that was given vouches for them. */
  readonly keys: readonly string[];
  readonly isAnchored: boolean;
  readonly findings: readonly Finding[];
  readonly found: number;
  /** False when it was ended early. */
  readonly isComplete: boolean;
}
