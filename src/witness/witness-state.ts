/** What a witness remembers: the last checkpoint it cosigned of each log, a file each, durable before the cosignature is made. */

import { hash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseCheckpoint } from '../ledger/checkpoint.js';
import { parseNote } from '../ledger/note.js';
import type { TreeHead } from '../ledger/proof.js';
import { OperatorError } from '../operator-error.js';

export interface WitnessState {
  /** The last tree that was cosigned of a log; undefined when there is none. */
  latest(origin: string): TreeHead | undefined;
  /**
   * Remembers a checkpoint. It is durable when this returns; when it throws, the checkpoint must not be cosigned.
   *
   * @param note signed by the log
   */
  keep(note: string): void;
  close(): void;
}

/** What is done one after the other to remember a checkpoint. */
export type KeepStep = 'written' | 'synced' | 'renamed' | 'kept';

const ending = '.checkpoint';
const draftEnding = '.draft';
const lockName = 'lock';

/**
 * @param folder made when it is missing. Whoever loses it must give the witness a new key: it no longer knows what it signed
 * @param after called after each step, so that a test can end there
 * @throws {OperatorError} when another witness uses the folder, or a file in it is not a checkpoint
 */
export function openWitnessState(folder: string, after: (step: KeepStep) => void = () => {}): WitnessState {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = takeLock(folder);
  const heads = new Map<string, TreeHead>();
  for (const name of readdirSync(folder)) {
    if (name.endsWith(draftEnding)) rmSync(join(folder, name));
    if (!name.endsWith(ending)) continue;
    const { origin, size, root } = readKept(join(folder, name));
    heads.set(origin, { size, root });
  }
  return {
    latest: origin => heads.get(origin),
    keep(note) {
      const { origin, size, root } = parseCheckpoint(parseNote(note).text);
      const path = join(folder, `${hash('sha256', origin, 'hex')}${ending}`);
      const draft = `${path}${draftEnding}`;
      const file = openSync(draft, 'w', 0o600);
      try {
        writeFileSync(file, note);
        after('written');
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      after('synced');
      renameSync(draft, path);
      after('renamed');
      syncFolder(folder);
      heads.set(origin, { size, root });
      after('kept');
    },
    close: () => rmSync(lock, { force: true }),
  };
}

function readKept(path: string) {
  try {
    return parseCheckpoint(parseNote(readFileSync(path)).text);
  } catch (cause) {
    throw new OperatorError(
      {
        zh: `${path} 已损坏：见证者不知道签过什么，不能继续使用此密钥。`,
        en: `${path} is damaged: the witness does not know what it signed and must not go on under this key.`,
      },
      { cause },
    );
  }
}

/** Two witnesses on one folder would each sign what the other does not know of. The file of one that was killed is taken over. */
function takeLock(folder: string): string {
  const path = join(folder, lockName);
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(readFileSync(path, 'utf8'));
    if (isAlive(holder)) {
      throw new OperatorError({
        zh: `进程 ${holder} 正在使用 ${folder}；若该进程不是见证者，请删除 ${path}。`,
        en: `Process ${holder} uses ${folder}; if that is no witness, delete ${path}.`,
      });
    }
    rmSync(path, { force: true });
  }
}

/** In a container the number of the process that was killed may be our own. */
function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
