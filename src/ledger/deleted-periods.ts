/** Which months' keys were deleted: a note in the place of each, so that a key put back from an old copy is not used again. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deleteSecretFile, writeSecretFile } from '../secret-file.js';

/** What the note in a key's place says. */
export interface Deletion {
  /** Position of the ledger's entry, `shard/index`. */
  readonly record: string;
  /** RFC 3339, UTC. */
  readonly time: string;
}

/** @returns null when the period's key was not deleted */
export function deletionOf(folder: string, period: string): Deletion | null {
  const path = notePath(folder, period);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Deletion) : null;
}

/** Whether the period has a key's file; it is none to be used where there is a note too. */
export const hasKeyFile = (folder: string, period: string): boolean => existsSync(keyPath(folder, period));

/** Notes the deletion, if it is not noted yet, and then deletes the key: for good, if nobody has kept a copy. */
export function deleteKeyFile(folder: string, period: string, deletion: Deletion): void {
  writeSecretFile(notePath(folder, period), `${JSON.stringify(deletion)}\n`);
  deleteSecretFile(keyPath(folder, period));
}

const keyPath = (folder: string, period: string): string => join(folder, `${period}.key`);
const notePath = (folder: string, period: string): string => join(folder, `${period}.deleted`);
