/** The files in a ZIP archive, each unpacked as far as a limit for all of them goes. */
import type { Entry, Options, ZipFile } from 'yauzl';
import { libraries } from './libraries.js';

/** What is wrong with the archive, or with what is in it; in words that hold nothing of it. */
export class PartError extends Error {}

export interface Parts {
  has(name: string): boolean;
  /** Its bytes, piece by piece. Throws where there is none, where it is damaged, and past the limit. */
  read(name: string): AsyncIterable<Buffer>;
}

const mostEntries = 1000;
const notEncrypted = 0;

/**
 * @param file open for reading, and left open
 * @param limit most bytes unpacked, over all that is read
 */
export async function openParts(file: number, limit: number): Promise<Parts> {
  const archive = await opened(file, { autoClose: false, lazyEntries: true, validateEntrySizes: true });
  if (archive.entryCount > mostEntries) throw new PartError(`it holds more than ${mostEntries} files`);
  const entries = await entriesOf(archive);
  let unpacked = 0;

  async function* read(name: string): AsyncGenerator<Buffer> {
    const entry = entries.get(name);
    if (entry === undefined) throw new PartError('a part of it is missing');
    if (unpacked + entry.uncompressedSize > limit) throw new PartError(`it unpacks to more than ${limit} bytes`);
    try {
      for await (const chunk of await streamOf(archive, entry)) {
        unpacked += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw error instanceof PartError ? error : new PartError('a part of it is damaged');
    }
  }
  return { has: name => entries.has(name), read };
}

function opened(file: number, options: Options): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    libraries.zip.fromFd(file, options, (error, archive) =>
      error ? reject(new PartError('it is no ZIP archive')) : resolve(archive),
    );
  });
}

function entriesOf(archive: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const found = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    archive.on('entry', (entry: Entry) => {
      if (found.has(entry.fileName)) reject(new PartError('two files in it have one name'));
      else if ((entry.generalPurposeBitFlag & 1) !== notEncrypted) reject(new PartError('it is encrypted'));
      found.set(entry.fileName, entry);
      archive.readEntry();
    });
    archive.once('error', () => reject(new PartError('it is a damaged ZIP archive')));
    archive.once('end', () => resolve(found));
    archive.readEntry();
  });
}

function streamOf(archive: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) =>
      error ? reject(error) : resolve(stream as AsyncIterable<Buffer>),
    );
  });
}
