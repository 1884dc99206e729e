/** Hands out the rows of one log one by one, and waits only where a batch ends. */
import type { Rows, TextRow } from './snapshot.js';

/** Its rows begin with their index. */
export interface RowReader {
  /** The row that is next; undefined at the end of a batch, and of all. */
  peek(): TextRow | undefined;
  take(): void;
  /** The first row of the next batch; undefined at the end of all. */
  fill(): Promise<TextRow | undefined>;
  /** Takes the rows before an index. */
  takeBefore(index: number): Promise<readonly TextRow[]>;
}

export function readRows(rows: Rows): RowReader {
  let batch: readonly TextRow[] = [];
  let at = 0;
  const peek = () => batch[at];
  const take = () => {
    at += 1;
  };
  async function fill(): Promise<TextRow | undefined> {
    batch = await rows.next();
    at = 0;
    return batch[at];
  }
  return {
    peek,
    take,
    fill,
    async takeBefore(index) {
      const found: TextRow[] = [];
      for (let row = peek() ?? (await fill()); row !== undefined; row = peek() ?? (await fill())) {
        if (Number(row[0]) >= index) break;
        found.push(row);
        take();
      }
      return found;
    },
  };
}
