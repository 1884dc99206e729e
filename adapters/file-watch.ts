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
  /** The file as the last look found it, and since when it has been so, by the process's own clock. */
  #seen = '';
  #seenSince = 0;
  /** The file that was taken, and the date in its name; the one that was refused, with its marker. */
  #taken = '';
  #takenDate = Number.NEGATIVE_INFINITY;
  #refused = '';
  /** The latest look, under way or done; one follows the other. */
  #looking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: FileSettings, context: Pick<AdapterContext, 'logger'>, drop: Drop) {
    this.#settings = settings;
    this.#context = context;
    this.#drop = drop;
    const name = compileName(settings.file, settings.utcOffset ?? defaultUtcOffset);
    if (name === undefined) throw new Error('the check of config should have refused the name of the file');
    this.#name = name;
    void this.#lookOn();
  }

  /** Resolves at once where there is something to answer from, and otherwise after the look that is under way. */
  async ready(): Promise<void> {
    if (this.#table === undefined) await this.#looking;
  }

  /** What is answered from now; it is so until the caller lets others run. */
  current(): FileTable | Failure {
    return this.#table ?? this.#trouble ?? nothingYet;
  }

  /** What is wrong now, though an older file may still be answered from. Looks anew. */
  async trouble(): Promise<Failure | null> {
    await this.#look();
    return this.#trouble ?? null;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#timer);
    await this.#drop.close();
    await this.#looking;
    await this.#table?.retire();
  }

  get #lookEvery(): number {
    return this.#settings.lookEvery ?? defaultLookEvery;
  }

  async #lookOn(): Promise<void> {
    await this.#look();
    if (this.#ending.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#lookOn(), this.#lookEvery).unref();
  }

  #look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookNow());
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    try {
      const all = await this.#drop.list();
      const newest = newestOf(all, this.#name);
      if (newest === undefined) this.#trouble = { failure: failure.unreachable, detail: 'there is no such file' };
      else await this.#consider(newest, all);
    } catch (error) {
      const { kind = failure.unreachable, message } = error instanceof DropError ? error : { message: reasonOf(error) };
      this.#trouble = { failure: kind, detail: `no file can be read: ${message}` };
      if (this.#ending.signal.aborted) return;
      this.#context.logger.warn({ folder: this.#settings.folder }, this.#trouble.detail);
    }
  }

  async #consider(newest: Dropped, all: readonly Dropped[]): Promise<void> {
    const own = JSON.stringify(newest);
    const date = this.#name.read(newest.name) ?? 0;
    if (own !== this.#seen) this.#seenSince = performance.now();
    this.#seen = own;
    // Where the newest has been removed, what it said is still newer than what is left.
    if (own === this.#taken || date < this.#takenDate) this.#trouble = undefined;
    if (own === this.#taken || date < this.#takenDate) return;
    const mark = this.#markOf(newest, all);
    const marked = JSON.stringify([newest, mark]);
    if (marked === this.#refused) return;
    if (!this.#isWhole(newest, mark)) return this.#wait(newest);
    const read = await this.#read(newest, mark);
    const after = await this.#drop.list();
    const found = after.find(({ name }) => name === newest.name);
    if (found === undefined || JSON.stringify([found, this.#markOf(found, after)]) !== marked) {
      // It was written to meanwhile: what was read may be half of one and half of another.
      if ('snapshot' in read) await read.snapshot.close();
      this.#wait(newest);
    } else if ('snapshot' in read) {
      this.#taken = own;
      this.#takenDate = date;
      await this.#take(newest, read);
    } else {
      this.#refused = marked;
      this.#refuse(newest, read);
    }
  }

  #markOf({ name }: Dropped, all: readonly Dropped[]): Dropped | undefined {
    const { marker } = this.#settings;
    return marker && all.find(one => one.name === name + marker.suffix);
  }

  #isWhole({ modified }: Dropped, mark: Dropped | undefined): boolean {
    if (this.#settings.marker !== undefined) return mark !== undefined && mark.modified >= modified;
    // A timer may be early by a little. Probes look in between, and shorten no wait.
    const isSettled = performance.now() - this.#seenSince >= this.#lookEvery - 2;
    return isSettled || Date.now() - modified > this.#lookEvery;
  }

  #wait({ name }: Dropped): void {
    this.#trouble = { failure: failure.unreachable, detail: `${name} is not whole yet` };
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

  async #take(newest: Dropped, { index, snapshot }: Read): Promise<void> {
    const { columns, key } = this.#settings;
    const old = this.#table;
    const asOf = this.#asOf(newest);
    this.#table = new FileTable({ name: newest.name, asOf, index, snapshot, columns, key });
    this.#trouble = undefined;
    this.#context.logger.info({ file: newest.name, rows: index.length, asOf }, 'a new file is answered from');
    await old?.retire();
  }

  #refuse({ name }: Dropped, { faults }: Refused): void {
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
