/** Cuts lines into columns at fixed places, which old systems count in bytes: a Chinese character of GBK takes two. */
import type { FileSettings } from '../schemas/stile/adapters/file-settings.js';
import { type Encoding, openText } from './file-encoding.js';
import type { RowReader, RowSink } from './file-rows.js';

export type Positions = NonNullable<FileSettings['positions']>;

export interface FixedWidthForm {
  readonly encoding: Encoding;
  readonly columns: readonly string[];
  readonly positions: Positions;
  readonly unit: NonNullable<FileSettings['unit']>;
  /** Longest line, in its unit. */
  readonly longest: number;
  /** The first line is none. */
  readonly header: boolean;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** What columns are filled up with; a full-width space as well. */
const padding = /^[ \u3000]+|[ \u3000]+$/g;

export function openFixedWidth({ columns, positions, ...form }: FixedWidthForm, sink: RowSink): RowReader {
  const { encoding, unit, longest, header } = form;
  const places = columns.map(name => {
    const { start = 1, length = 0 } = positions[name] ?? {};
    return [start - 1, start - 1 + length] as const;
  });
  const width = Math.max(...places.map(([, end]) => end));
  let rest: Buffer = Buffer.alloc(0);
  let line = 0;
  let goesOn = true;

  function take(found: Buffer): void {
    line += 1;
    const text = found.at(-1) === carriageReturn ? found.subarray(0, -1) : found;
    if (header && line === 1) return;
    const whole = unit === 'bytes' ? text : [...decode(text, encoding, line === 1)];
    if (whole.length < width) {
      goesOn = sink.fault(line, `ends before its last column does, which is at ${width}`);
      return;
    }
    const cells = places.map(([start, end]) =>
      Buffer.isBuffer(whole) ? decode(whole.subarray(start, end), encoding, false) : whole.slice(start, end).join(''),
    );
    goesOn = sink.row(
      line,
      cells.map(cell => cell.replace(padding, '')),
    );
  }

  return {
    write(bytes) {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      let start = 0;
      for (let feed = rest.indexOf(lineFeed); feed !== -1 && goesOn; feed = rest.indexOf(lineFeed, start)) {
        take(rest.subarray(start, feed));
        start = feed + 1;
      }
      // A copy: what was read lies in a buffer that the next piece is read into.
      rest = Buffer.from(rest.subarray(start));
      if (goesOn && rest.length > longest) {
        sink.fault(line + 1, 'is longer than a row may be');
        goesOn = false;
      }
      return goesOn;
    },
    end() {
      if (goesOn && rest.length > 0) take(rest);
    },
  };
}

/** @param first whether a byte order mark may begin it */
function decode(bytes: Buffer, encoding: Encoding, first: boolean): string {
  const reader = openText(encoding, bytes);
  const text = reader === undefined ? '' : reader.write(bytes) + reader.end();
  return first ? text.replace(/^\ufeff/, '') : text;
}
