/** The copy of a file's rows that questions are answered from: each row's columns as JSON, behind its length and line. */
import { readSync, writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { rowAlignment } from './file-index.js';

/** Two numbers of 32 bits: the bytes of the row's JSON, and its line in the file. */
const headBytes = 8;
const bufferBytes = 1_048_576;
/** Bytes read at first: most rows are shorter, and take one read. */
const firstRead = 2048;

export interface SnapshotRow {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface SnapshotWriter {
  /** @returns where the row is */
  add(line: number, cells: readonly string[]): number;
  flush(): void;
}

/** Writes from the beginning of an open file. */
export function openSnapshot(fd: number): SnapshotWriter {
  const buffer = Buffer.alloc(bufferBytes);
  let used = 0;
  let written = 0;
  const flush = (): void => {
    for (let at = 0; at < used; ) at += writeSync(fd, buffer, at, used - at, written + at);
    written += used;
    used = 0;
  };
  return {
    add(line, cells) {
      const json = Buffer.from(JSON.stringify(cells));
      const size = Math.ceil((headBytes + json.length) / rowAlignment) * rowAlignment;
      if (used + size > bufferBytes) flush();
      const place = written + used;
      const target = size > bufferBytes ? Buffer.alloc(size) : buffer.subarray(used, used + size);
      target.writeUInt32LE(json.length, 0);
      target.writeUInt32LE(line, 4);
      json.copy(target, headBytes);
      if (target.length > bufferBytes) {
        for (let at = 0; at < size; ) at += writeSync(fd, target, at, size - at, written + at);
        written += size;
      } else used += size;
      return place;
    },
    flush,
  };
}

const lengthOf = (bytes: Buffer): number => headBytes + bytes.readUInt32LE(0);
const parsed = (bytes: Buffer, length: number): SnapshotRow => ({
  line: bytes.readUInt32LE(4),
  cells: JSON.parse(bytes.toString('utf8', headBytes, length)) as string[],
});

/** Reads a row while others wait for it; for the worker that makes the snapshot. */
export function readRowSync(fd: number, offset: number): SnapshotRow {
  const head = Buffer.alloc(headBytes);
  readSync(fd, head, 0, headBytes, offset);
  const whole = Buffer.alloc(lengthOf(head));
  readSync(fd, whole, 0, whole.length, offset);
  return parsed(whole, whole.length);
}

/** Reads a row. */
export async function readRow(file: FileHandle, offset: number): Promise<SnapshotRow> {
  const first = Buffer.alloc(firstRead);
  const { bytesRead } = await file.read(first, 0, firstRead, offset);
  const length = lengthOf(first);
  if (length <= bytesRead) return parsed(first, length);
  const whole = Buffer.alloc(length);
  await file.read(whole, 0, length, offset);
  return parsed(whole, length);
}
