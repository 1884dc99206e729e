/** Where files are dropped: the seam between the look-out for new ones and the folder, here or on another machine. */
import type { FileHandle } from 'node:fs/promises';

/** A file as a look finds it. */
export interface Dropped {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970 UTC, by the clock of the machine the folder is on. */
  readonly modified: number;
  /** Tells one file of a name from another that took its place, where the machine says. */
  readonly id: string;
}

export interface Drop {
  /** All plain files in the folder. Rejects when it cannot be read. */
  list(): Promise<readonly Dropped[]>;
  /** Opens a file for reading, if it is still a plain file of the folder itself, and no larger than it may be. */
  open(name: string, limit: number): Promise<FileHandle>;
  close(): Promise<void>;
}

/** What is not a plain file, or is larger than it may be: told by name, and not read. */
export class DropError extends Error {}
