/** One accepted file: its index in memory and its snapshot on disk, for as long as somebody asks it. */
import type { FileHandle } from 'node:fs/promises';
import { type Failure, failure } from './adapter.js';
import { firstOf, hashAt, hashOf, keyOf, offsetAt } from './file-index.js';
import { readRow } from './file-snapshot.js';

export interface FileTableOptions {
  readonly name: string;
  /** When its data was true, RFC 3339. */
  readonly asOf: string;
  readonly index: BigUint64Array;
  readonly snapshot: FileHandle;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

export interface FindLimits {
  readonly rows: number;
  readonly bytes: number;
}

export class FileTable {
  readonly #options: FileTableOptions;
  readonly #keyPlaces: readonly number[];
  #asking = 0;
  #retired = false;

  constructor(options: FileTableOptions) {
    this.#options = options;
    this.#keyPlaces = options.key.map(name => options.columns.indexOf(name));
  }

  get name(): string {
    return this.#options.name;
  }

  get asOf(): string {
    return this.#options.asOf;
  }

  get rows(): number {
    return this.#options.index.length;
  }

  /**
   * @param key a cell for each column of the key, in their order
   * @returns the rows of the key in the file's order, one more than the limit at most; an empty cell is null
   */
  async find(key: readonly string[], limits: FindLimits): Promise<readonly (string | null)[][] | Failure> {
    this.#asking += 1;
    try {
      return await this.#find(keyOf(key), limits);
    } catch (error) {
      return {
        failure: failure.failing,
        detail: `the snapshot cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      };
    } finally {
      this.#asking -= 1;
      await this.#closeIfDone();
    }
  }

  /** Lets go of it once nobody asks it any more. */
  async retire(): Promise<void> {
    this.#retired = true;
    await this.#closeIfDone();
  }

  async #find(key: string, limits: FindLimits): Promise<readonly (string | null)[][] | Failure> {
    const { index, snapshot } = this.#options;
    const hash = hashOf(key);
    const found: (string | null)[][] = [];
    let bytes = 0;
    for (let at = firstOf(index, hash); at < index.length && hashAt(index, at) === hash; at += 1) {
      const { cells } = await readRow(snapshot, offsetAt(index, at));
      if (keyOf(this.#keyPlaces.map(place => cells[place] ?? '')) !== key) continue;
      for (const cell of cells) bytes += Buffer.byteLength(cell);
      if (bytes > limits.bytes) return { failure: failure.tooLarge, detail: `more than ${limits.bytes} bytes` };
      found.push(cells.map(cell => (cell === '' ? null : cell)));
      if (found.length > limits.rows) break;
    }
    return found;
  }

  async #closeIfDone(): Promise<void> {
    if (this.#retired && this.#asking === 0) await this.#options.snapshot.close();
  }
}
