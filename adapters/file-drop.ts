/** Where files are dropped: the seam between the look-out for new ones and the folder, here or on another machine. */
import type { FileHandle } from 'node:fs/promises';
import type { FailureKind } from './adapter.js';

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

/** Why a file, or the whole folder, is not read; in words that hold no secret. */
export class DropError extends Error {
  /** Absent for what is wrong with one file. */
  readonly kind: FailureKind | undefined;

  constructor(message: string, kind?: FailureKind) {
    super(message);
    this.kind = kind;
  }
}
