/** The files of an archive on disk: read line by line and digested, written so that they outlive a power cut. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivedFile } from './archive-manifest.js';

/** Bytes gathered for one write. */
const writeBytes = 1024 * 1024;

/** Where a month's archive is within the folder of all. */
export const archiveFolder = (folder: string, month: string): string => join(folder, month);

/** Size and SHA-256 of a file as it is. */
export async function digestFile(folder: string, name: string): Promise<ArchivedFile> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(join(folder, name))) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { name, size, digest: hash.digest('hex') };
}

/** Size and SHA-256 of what a file of these texts would be. */
export async function digestTexts(name: string, texts: AsyncIterable<string>): Promise<ArchivedFile> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const text of texts) {
    hash.update(text);
    size += Buffer.byteLength(text);
  }
  return { name, size, digest: hash.digest('hex') };
}

/** Writes a new file; durable when this resolves. */
export async function writeArchiveFile(
  folder: string,
  name: string,
  texts: AsyncIterable<string> | Iterable<string>,
): Promise<ArchivedFile> {
  const hash = createHash('sha256');
  const file = await open(join(folder, name), 'wx', 0o600);
  let size = 0;
  let waiting: string[] = [];
  let bytes = 0;
  const flush = async () => {
    const chunk = Buffer.from(waiting.join(''));
    hash.update(chunk);
    size += chunk.length;
    await file.appendFile(chunk);
    waiting = [];
    bytes = 0;
  };
  try {
    for await (const text of texts) {
      waiting.push(text);
      bytes += text.length;
      if (bytes >= writeBytes) await flush();
    }
    await flush();
    await file.sync();
  } finally {
    await file.close();
  }
  return { name, size, digest: hash.digest('hex') };
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** The lines of a file without their newlines, which are the one character that ends them: entries may hold U+2028. */
export async function* linesOf(folder: string, name: string): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const chunk of createReadStream(join(folder, name), { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
