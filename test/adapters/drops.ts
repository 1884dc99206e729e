/** Files dropped into a folder as departments drop them, and an adapter that answers from it. */
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import type { Adapter, Answer, Failure, JsonObject } from '../../adapters/adapter.js';
import { adapter as file } from '../../adapters/file.js';
import { callOf, contextOf } from './calls.js';

interface Ending {
  teardown(done: () => Promise<void>): unknown;
}

export interface DropFolder {
  readonly folder: string;
  /** Puts a whole file in its place, as old as is said. */
  put(name: string, content: string | Buffer, minutesOld?: number): void;
}

export function dropFolder(t: Ending): DropFolder {
  const folder = mkdtempSync(join(tmpdir(), 'stile-drops-'));
  t.teardown(async () => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    put(name, content, minutesOld = 1) {
      const path = join(folder, name);
      writeFileSync(`${path}.part`, content);
      const time = Date.now() / 1000 - minutesOld * 60;
      utimesSync(`${path}.part`, time, time);
      renameSync(`${path}.part`, path);
    },
  };
}

/** Lines as a department's system writes them. */
export const lines = (...all: readonly string[]): string => all.map(line => `${line}\r\n`).join('');
export const encoded = (text: string, encoding: string): Buffer => iconv.encode(text, encoding, { addBOM: false });

export interface FileAsking {
  readonly adapter: Adapter;
  readonly log: readonly string[];
  ask(zjhm: string, service?: JsonObject): Promise<Answer | Failure>;
  probe(): Promise<Failure | null>;
}

const mapping = { fields: { residentId: 'zjhm', name: { from: 'xm', optional: true } } };
export const service = { key: { zjhm: 'residentId' }, reply: mapping };
/** All rows of a key, as a list. */
export const listing = {
  key: { zjhm: 'residentId' },
  rows: 'each',
  reply: { fields: { names: { from: 'rows', each: 'xm' } } },
};

/** An adapter over a drop of `zjhm,xm` in accounts.csv, unless the settings say otherwise. */
export function openDrop(t: Ending, folder: string, settings: JsonObject = {}): FileAsking {
  const log: string[] = [];
  const all = { folder, file: 'accounts.csv', format: 'csv', columns: ['zjhm', 'xm'], key: ['zjhm'], lookEvery: 20 };
  const adapter = file.open({ ...all, ...settings }, contextOf(log));
  t.teardown(() => adapter.close());
  return {
    adapter,
    log,
    ask: (residentId, ask = service) => adapter.ask({ residentId }, callOf({ ask, deadline: 30_000 })),
    probe: () => adapter.probe(AbortSignal.timeout(30_000)),
  };
}
