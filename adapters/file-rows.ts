/** What the readers of the formats tell of a file, row by row: its cells, or what is wrong with a line. Never a value. */

export interface RowSink {
  /**
   * @param line of the file, from 1; of a sheet, its row
   * @param faults of cells that cannot be read, by their place: they matter only where their column is
   * @returns false when nothing more need be read
   */
  row(line: number, cells: readonly string[], faults?: ReadonlyMap<number, string>): boolean;
  /** @returns false when nothing more need be read */
  fault(line: number, fault: string): boolean;
}

/** Reads one file's bytes in their order. */
export interface RowReader {
  /** @returns false when nothing more need be read */
  write(bytes: Buffer): boolean;
  end(): void;
}

export interface LineFault {
  readonly line: number;
  readonly fault: string;
}
