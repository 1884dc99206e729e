/** Has a file read by a thread of its own, into a snapshot that has no name. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FileForm, Ingested, Ingestion, Refused } from './file-ingest.js';

export interface Read extends Ingested {
  readonly snapshot: FileHandle;
}

/**
 * @param signal ends the reading, which then rejects
 * @returns what the file holds, or its faults; the snapshot is the caller's to close
 */
export async function readFile(
  file: FileHandle,
  form: FileForm,
  folder: string | undefined,
  signal: AbortSignal,
): Promise<Read | Refused> {
  const snapshot = await openNameless(folder);
  try {
    const found = await inWorker({ file: file.fd, snapshot: snapshot.fd, form }, signal);
    if ('index' in found) return { ...found, snapshot };
    await snapshot.close();
    return found;
  } catch (error) {
    await snapshot.close();
    throw error;
  }
}

/**
 * A file whose bytes go with the process that has it open, however that ends.
 *
 * @param folder the system's for temporary files when absent
 */
export async function openNameless(folder = tmpdir()): Promise<FileHandle> {
  const path = join(folder, `stile-snapshot-${randomBytes(12).toString('hex')}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

function inWorker(workerData: Ingestion, signal: AbortSignal): Promise<Ingested | Refused> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./file-worker.js', import.meta.url), { workerData, execArgv: [] });
    const end = (): void => void worker.terminate();
    signal.addEventListener('abort', end, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', code => {
      signal.removeEventListener('abort', end);
      reject(new Error(`the reading ended with code ${code}`));
    });
    if (signal.aborted) end();
  });
}
