/** Notices that files of config/ or schemas/ have changed, once they have come to rest. Polled, as file events are lost on network and container mounts. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface WatchOptions {
  readonly folders: readonly string[];
  /** Milliseconds since 1970 UTC: what has changed after it counts as changed. */
  readonly since: number;
  /** Told of a change at rest. False: the same files are worth another try. */
  readonly changed: () => Promise<boolean>;
  /** Told that the folders could not be looked at. */
  readonly failed: (error: unknown) => void;
}

export interface Watch {
  close(): Promise<void>;
}

/** Milliseconds between two looks, at least: files that two looks find the same are at rest. */
const pause = 500;
/** Milliseconds of pause for each file, of which a look takes some 10 µs: looking stays a fiftieth of one core. */
const pauseOfFile = 0.5;
/** Milliseconds by which a file's time may lag behind the clock. */
const lag = 1000;
/** Files looked at together. */
const together = 32;

interface Look {
  readonly digest: string;
  readonly files: number;
  /** When the youngest file last changed, milliseconds since 1970 UTC. */
  readonly youngest: number;
}

export function watchFiles({ folders, since, changed, failed }: WatchOptions): Watch {
  let taken: string | undefined;
  let before: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let closed = false;

  async function turn(): Promise<void> {
    let files = 0;
    try {
      const found = await lookAt(folders);
      const { digest, youngest } = found;
      files = found.files;
      if (before === undefined && youngest < since - lag) taken = digest;
      const isAtRest = digest === before;
      before = digest;
      if (isAtRest && digest !== taken && !closed && (await changed())) taken = digest;
    } catch (error) {
      failed(error);
    }
    if (!closed) timer = setTimeout(again, Math.max(pause, pauseOfFile * files)).unref();
  }

  function again(): void {
    looking = turn();
  }

  again();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
      clearTimeout(timer);
    },
  };
}

/** What there is, by names, sizes and times: a file renamed into another's place is another, and so is the target of a link that was swapped. */
async function lookAt(folders: readonly string[]): Promise<Look> {
  const hash = createHash('sha256');
  let youngest = 0;
  let files = 0;
  for (const folder of folders) {
    const paths = await filesIn(folder);
    files += paths.length;
    for (let at = 0; at < paths.length; at += together) {
      const some = paths.slice(at, at + together);
      const found = await Promise.all(some.map(path => stat(join(folder, path)).catch(() => undefined)));
      for (const [index, file] of found.entries()) {
        hash.update(`${some[index]}\0${file && [file.ino, file.size, file.mtimeMs, file.ctimeMs].join()}\0`);
        youngest = Math.max(youngest, file?.ctimeMs ?? 0);
      }
    }
    hash.update('\0');
  }
  return { digest: hash.digest('hex'), files, youngest };
}

/** Those that the loader reads, and what they may name; a folder that is not there has none. */
async function filesIn(folder: string): Promise<string[]> {
  const paths = await readdir(folder, { recursive: true }).catch(() => []);
  return paths
    .filter(
      path => /\.(ya?ml|json|wsdl|xsd|xml)$/.test(path) && !path.split(/[\\/]/).some(part => part.startsWith('.')),
    )
    .sort();
}
