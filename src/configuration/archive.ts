/** All files of one config as one: a line of JSON that says which they are, then their bytes, compressed. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import type { Contents } from '../registry/files.js';
import { inSlices } from '../registry/slices.js';

/** Most bytes of the files together. */
const mostBytes = 1024 * 1024 * 1024;

/** Files are gone through twice, and held one at a time. */
export async function packContents(contents: Contents): Promise<Buffer> {
  const lengths: (readonly [string, number])[] = [];
  await inSlices(contents, ([path, bytes]) => lengths.push([path, bytes.length]));
  function* parts() {
    yield Buffer.from(`${JSON.stringify(lengths)}\n`);
    for (const [, bytes] of contents) yield bytes;
  }
  const gzip = createGzip();
  const [packed] = await Promise.all([buffer(gzip), pipeline(Readable.from(parts(), { objectMode: false }), gzip)]);
  return packed;
}

/** @throws for what is no such archive */
export async function unpackContents(archive: Buffer): Promise<Contents> {
  const bytes = await promisify(gunzip)(archive, { maxOutputLength: mostBytes });
  const end = bytes.indexOf('\n');
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as readonly (readonly [string, number])[];
  const contents = new Map<string, Buffer>();
  let at = end + 1;
  for (const [path, length] of head) {
    contents.set(path, bytes.subarray(at, at + length));
    at += length;
  }
  if (at !== bytes.length) throw new Error('an archive of config is not as long as it says');
  return contents;
}
