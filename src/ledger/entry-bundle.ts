/** Entry bundles (c2sp.org/tlog-tiles, "Log entries"): the entries below a tile of level 0, each after its length. */

const prefixLength = 2;
const mostBytes = 0xffff;

/**
 * "Sequences of big-endian uint16 length-prefixed log entries."
 *
 * @throws {RangeError} for an entry over 65,535 bytes
 */
export function encodeBundle(entries: readonly Buffer[]): Buffer {
  return Buffer.concat(
    entries.flatMap(entry => {
      if (entry.length > mostBytes) throw new RangeError(`an entry is over ${mostBytes} bytes`);
      return [Buffer.of(entry.length >> 8, entry.length & 0xff), entry];
    }),
  );
}

/**
 * @param width how many entries there are to be
 * @returns parts of the bytes, which are not copied
 * @throws {SyntaxError} when there are more, fewer, or bytes that are of none
 */
export function decodeBundle(bytes: Buffer, width: number): readonly Buffer[] {
  const entries: Buffer[] = [];
  let at = 0;
  while (at + prefixLength <= bytes.length) {
    const start = at + prefixLength;
    at = start + bytes.readUInt16BE(at);
    entries.push(bytes.subarray(start, at));
  }
  if (at !== bytes.length || entries.length !== width) throw new SyntaxError(`not a bundle of ${width} entries`);
  return entries;
}
