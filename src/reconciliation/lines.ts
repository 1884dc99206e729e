/** Cuts bytes that come in pieces into lines with their numbers, so that no list is ever in memory as a whole. */

/** Most bytes of a line; no list of request ids has use for more. */
export const lineLimit = 65_536;

export interface Lines {
  write(chunk: Buffer): void;
  /** Hands on what stands behind the last line feed, if anything does. */
  end(): void;
}

/**
 * @param take a line without its end (LF or CRLF), valid during the call only, and its number, from 1
 * @param refuse a line of more than {@link lineLimit} bytes, by number
 */
export function openLines(take: (line: Buffer, number: number) => void, refuse: (number: number) => void): Lines {
  let number = 0;
  let rest: Buffer[] = [];
  let restLength = 0;
  let isRefused = false;

  function hold(piece: Buffer): void {
    if (isRefused || piece.length === 0) return;
    restLength += piece.length;
    if (restLength > lineLimit) {
      rest = [];
      isRefused = true;
    } else rest.push(Buffer.from(piece));
  }

  function finish(last: Buffer): void {
    number += 1;
    if (isRefused || restLength + last.length > lineLimit) refuse(number);
    else hand(rest.length === 0 ? last : Buffer.concat([...rest, last]));
    rest = [];
    restLength = 0;
    isRefused = false;
  }

  function hand(line: Buffer): void {
    // A byte order mark, which spreadsheets write before UTF-8 (Unicode 16.0, section 23.8).
    const start = number === 1 && line.subarray(0, 3).equals(mark) ? 3 : 0;
    take(line.subarray(start, line.at(-1) === carriageReturn ? -1 : undefined), number);
  }

  return {
    write(chunk) {
      let at = 0;
      for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, at)) {
        finish(chunk.subarray(at, end));
        at = end + 1;
      }
      hold(chunk.subarray(at));
    },
    end() {
      if (restLength > 0) finish(Buffer.alloc(0));
    },
  };
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const mark = Buffer.from([0xef, 0xbb, 0xbf]);
