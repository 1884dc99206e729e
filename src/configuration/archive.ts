/** All files of one config as one: a line of JSON that says which they are, then their bytes, compressed. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Contents } from '../registry/files.js';

/** Most bytes of the files together. */
const mostBytes = 1024 * 1024 * 1024;

export async function packContents(contents: Contents): Promise<Buffer> {
  const files = [...contents];
  const head = JSON.stringify(files.map(([path, bytes]) => [path, bytes.length]));
  return promisify(gzip)(Buffer.concat([Buffer.from(`${head}\n`), ...files.map(([, bytes]) => bytes)]));
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
