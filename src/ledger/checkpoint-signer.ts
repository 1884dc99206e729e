/** Signs checkpoints, each only after a proof that its tree extends the last one signed. */
import type { KeyObject } from 'node:crypto';
import { formatCheckpoint } from './checkpoint.js';
import { rollShard } from './ledger.js';
import { formatNote, signText } from './note.js';
import { noteSigner } from './note-key.js';
import { proveConsistency, type ReadNodes, readRoot, type TreeHead, verifyConsistency } from './proof.js';

/** The log is not what was signed: nothing more of it may be. */
export class InconsistentTree extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InconsistentTree';
  }
}

/** Name of a log, in its checkpoints and as the name of the keys that sign them: `<deployment>/ledger`, or a shard of it. */
export const originOf = (deployment: string, shard: number): string =>
  shard === rollShard ? `${deployment}/ledger` : `${deployment}/ledger/${shard}`;

/**
 * @param keys all sign; at least one
 * @returns the signed note
 */
export function signCheckpoint(origin: string, { size, root }: TreeHead, keys: readonly KeyObject[]): string {
  const text = formatCheckpoint({ origin, size, root });
  return formatNote({ text, signatures: keys.map(key => signText(text, noteSigner(origin, key))) });
}

/**
 * Proves from the leaves that a head is the root over them, and that its tree begins with the one signed last.
 *
 * @param read reads the nodes of the head's tree
 * @throws {InconsistentTree} when either is not so
 */
export async function requireExtension(
  origin: string,
  signed: TreeHead,
  head: TreeHead,
  read: ReadNodes,
): Promise<void> {
  if (head.size < signed.size)
    throw new InconsistentTree(`${origin} has ${head.size} entries, and ${signed.size} were signed`);
  if ((await readRoot(head.size, read)) !== head.root)
    throw new InconsistentTree(`${origin}: the root of its head is not that of its entries`);
  if (signed.size === 0) return;
  const proof = await proveConsistency(signed.size, head.size, read);
  if (!verifyConsistency(proof, signed, head))
    throw new InconsistentTree(`${origin} of ${head.size} entries does not extend the ${signed.size} that were signed`);
}
