/** Looks for a new file again and again, has it read once it is whole, and puts it in the old one's place only if nothing is wrong with it. */
import type { FileSettings } from '../schemas/stile/adapters/file-settings.js';
import { type AdapterContext, type Failure, failure } from './adapter.js';
import { contractTime, dateForm, formOf } from './dates.js';
import { type Drop, DropError, type Dropped } from './file-drop.js';
import { defaultLimits, type Ingested, type Refused } from './file-ingest.js';
import { compileName, type FileName, newestOf } from './file-name.js';
import { type Read, readFile } from './file-reading.js';
import { FileTable } from './file-table.js';
import { defaultUtcOffset } from './mapping-scope.js';

const defaultLookEvery = 10_000;
/** Faults told in a failure's detail; the log has all of them. */
const toldFaults = 3;
/** Longest content of a marker. */
const markerBytes = 4096;

export class FileWatch {
  readonly #settings: FileSettings;
  readonly #context: Pick<AdapterContext, 'logger'>;
  readonly #drop: Drop;
  readonly #name: FileName;
  readonly #ending = new AbortController();
  #table: FileTable | undefined;
  /** What a look found, as long as that is no file that can be answered from. */
  #trouble: Failure | undefined;
  /** The file that was there at the last look, the one that was taken, and the one that was refused. */
  #seen = '';
  #taken = '';
  #refused = '';
  #looking: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: FileSettings, context: Pick<AdapterContext, 'logger'>, drop: Drop) {
    this.#settings = settings;
    this.#context = context;
    this.#drop = drop;
    const name = compileName(settings.file, settings.utcOffset ?? defaultUtcOffset);
    if (name === undefined) throw new Error('the check of config should have refused the name of the file');
    this.#name = name;
    this.#looking = this.#look();
  }

  /** What is answered from now. Waits for a look that is under way while there is nothing else. */
  async table(): Promise<FileTable | Failure> {
    if (this.#table === undefined) await this.#looking;
    return this.#table ?? this.#trouble ?? nothingYet;
  }

  /** What is wrong now, though an older file may still be answered from. Looks anew. */
  async trouble(): Promise<Failure | null> {
    await this.#looking;
    await this.#lookNow();
    return this.#trouble ?? null;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#table?.retire();
    await this.#drop.close();
  }

  /** One look after another, each as long after the one before. */
  async #look(): Promise<void> {
    await this.#lookNow();
    if (this.#ending.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, this.#settings.lookEvery ?? defaultLookEvery).unref();
  }

  async #lookNow(): Promise<void> {
    try {
      const all = await this.#drop.list();
      const newest = newestOf(all, this.#name);
      if (newest === undefined) this.#trouble = { failure: failure.unreachable, detail: 'there is no such file' };
      else await this.#consider(newest, all);
    } catch (error) {
      const kind = error instanceof DropError ? error.kind : undefined;
      this.#trouble = { failure: kind ?? failure.unreachable, detail: `the folder cannot be read: ${reasonOf(error)}` };
      if (!this.#ending.signal.aborted)
        this.#context.logger.warn({ folder: this.#settings.folder }, this.#trouble.detail);
    }
  }

  async #consider(newest: Dropped, all: readonly Dropped[]): Promise<void> {
    const identity = JSON.stringify(newest);
    const settled = this.#seen === identity;
    this.#seen = identity;
    if (identity === this.#taken) this.#trouble = undefined;
    if (identity === this.#taken || identity === this.#refused) return;
    const { marker } = this.#settings;
    const mark = all.find(({ name }) => name === newest.name + marker?.suffix);
    if (
      marker === undefined ? !settled && !this.#isOld(newest) : mark === undefined || mark.modified < newest.modified
    ) {
      this.#trouble = { failure: failure.unreachable, detail: `${newest.name} is not whole yet` };
      return;
    }
    const read = await this.#read(newest, mark);
    const now = (await this.#drop.list()).find(({ name }) => name === newest.name);
    if (JSON.stringify(now) !== identity) {
      // It was written to meanwhile: what was read may be half of one and half of another.
      if ('snapshot' in read) await read.snapshot.close();
      this.#trouble = { failure: failure.unreachable, detail: `${newest.name} is not whole yet` };
    } else if ('snapshot' in read) await this.#take(newest, read, identity);
    else this.#refuse(newest, read, identity);
  }

  /** Nobody has written to it since the look that there would have been before this one. */
  #isOld({ modified }: Dropped): boolean {
    return this.#seen !== '' && Date.now() - modified > (this.#settings.lookEvery ?? defaultLookEvery);
  }

  async #read(newest: Dropped, mark: Dropped | undefined): Promise<Read | Refused> {
    const { limits, marker, snapshots } = this.#settings;
    try {
      const file = await this.#drop.open(newest.name, limits?.bytes ?? defaultLimits.bytes);
      try {
        const read = await readFile(file, this.#settings, snapshots, this.#ending.signal);
        if (!('snapshot' in read) || marker?.holds === undefined) return read;
        const right = await this.#isMarked(read, mark?.name ?? '');
        if (right) return read;
        await read.snapshot.close();
        return { faults: [{ line: 0, fault: 'is not the file whose SHA-256 its marker holds' }] };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof DropError && error.kind === undefined)
        return { faults: [{ line: 0, fault: error.message }] };
      throw error;
    }
  }

  async #isMarked({ sha256 }: Ingested, marker: string): Promise<boolean> {
    const file = await this.#drop.open(marker, markerBytes);
    try {
      const [word] = (await file.readFile('latin1')).trim().split(/\s/);
      return word?.toLowerCase() === sha256;
    } finally {
      await file.close();
    }
  }

  async #take(newest: Dropped, { index, snapshot }: Read, identity: string): Promise<void> {
    const { columns, key } = this.#settings;
    const old = this.#table;
    const asOf = this.#asOf(newest);
    this.#table = new FileTable({ name: newest.name, asOf, index, snapshot, columns, key });
    this.#taken = identity;
    this.#trouble = undefined;
    this.#context.logger.info({ file: newest.name, rows: index.length, asOf }, 'a new file is answered from');
    await old?.retire();
  }

  #refuse({ name }: Dropped, { faults }: Refused, identity: string): void {
    this.#refused = identity;
    const still = this.#table === undefined ? {} : { still: this.#table.name };
    this.#context.logger.error({ file: name, faults, ...still }, 'a file is refused');
    const told = faults.slice(0, toldFaults).map(({ line, fault }) => (line === 0 ? fault : `line ${line} ${fault}`));
    const more = faults.length > toldFaults ? '; and more' : '';
    this.#trouble = { failure: failure.malformed, detail: `${name} is refused: ${told.join('; ')}${more}` };
  }

  #asOf({ name, modified }: Dropped): string {
    const { asOf = this.#name.dated ? 'name' : 'modified', utcOffset = defaultUtcOffset } = this.#settings;
    const inName = asOf === 'name' ? this.#name.read(name) : undefined;
    const local = inName ?? formOf(dateForm.epochMilliseconds, utcOffset)?.read(modified) ?? 0;
    return String(contractTime(utcOffset).write(local));
  }
}

const nothingYet: Failure = { failure: failure.unreachable, detail: 'no file has been read yet' };

const reasonOf = (error: unknown): string =>
  error instanceof Error ? String((error as NodeJS.ErrnoException).code ?? error.message) : 'unknown';
