/** Which texts were erased: a file each, outside the database, so that a restored backup brings none of them back. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSecretFile } from '../secret-file.js';
import type { ErasureReason } from './ledger.js';

/** What is told again of an erasure when its text comes back. */
export interface KeptErasure {
  /** Position of the entry that erased it first, `shard/index`. */
  readonly record: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly reason: ErasureReason;
  readonly staff: { readonly id: string; readonly role: string };
}

export interface KeptErasures {
  /** @param id of the entry the text stood beside; null when it was not erased */
  of(id: string): KeptErasure | null;
  /** Ids of all entries whose text was erased. */
  ids(): readonly string[];
  /** Durable when this returns; one that is kept already stays as it is. */
  keep(id: string, erasure: KeptErasure): void;
}

/** Where they are in a data folder; replicas must share it. */
export const erasureFolder = (dataFolder: string): string => join(dataFolder, 'keys', 'erasures');

/** @param folder made when it is missing, for the owner alone; holds a file `<id>.json` for each */
export function openKeptErasures(folder: string): KeptErasures {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (id: string) => join(folder, `${id}.json`);
  return {
    of: id => (existsSync(pathOf(id)) ? (JSON.parse(readFileSync(pathOf(id), 'utf8')) as KeptErasure) : null),
    ids: () => readdirSync(folder).flatMap(name => /^([\w-]{22})\.json$/.exec(name)?.[1] ?? []),
    keep: (id, erasure) => void writeSecretFile(pathOf(id), `${JSON.stringify(erasure)}\n`),
  };
}
