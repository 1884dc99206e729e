/**
 * Makes many departments at once, in processes of their own: a large config is loaded on all processors, all memory that takes goes with the
 * processes, and the gateway answers meanwhile.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { FileMoved, type FoundFile } from './found-file.js';
import type { DepartmentFiles, MadeDepartment, Surroundings, Unreadable } from './loaded-department.js';

/** A file by its path within its folder. */
export type Named = Pick<FoundFile, 'path' | 'digest'>;

/** What all processes are given. */
export interface ForAll {
  readonly surroundings: Surroundings;
  readonly schemas: readonly Named[];
  /** Paths of those that all departments may refer to. */
  readonly shared: readonly string[];
}

/** A department to be made, with the paths of its schemas. */
export interface Asked {
  readonly file: Named;
  readonly schemas: readonly string[];
}

/** A department that was made, or a file that is not what it was. */
export type Given = { readonly made: MadeDepartment | Unreadable } | { readonly moved: string };

/** Most processes: more of them would wait for the disk. */
const mostProcesses = 4;
/** Departments that a process has before it at a time, so that it does not wait for the next. */
const ahead = 2;

/**
 * @param take takes each as it comes
 * @throws FileMoved when a file is not what it was
 */
export async function makeInProcesses(
  files: readonly DepartmentFiles[],
  forAll: ForAll,
  take: (files: DepartmentFiles, made: MadeDepartment | Unreadable) => void,
): Promise<void> {
  const waiting = files.values();
  const processes = Array.from({ length: Math.min(mostProcesses, availableParallelism(), files.length) }, () =>
    fork(new URL('./department-process.js', import.meta.url), { serialization: 'advanced' }),
  );
  try {
    await Promise.all(processes.map(process => work(process, forAll, waiting, take)));
  } finally {
    for (const process of processes) process.kill('SIGKILL');
  }
}

/** Has the process make one after another until none waits. */
function work(
  process: ChildProcess,
  forAll: ForAll,
  waiting: Iterator<DepartmentFiles>,
  take: (files: DepartmentFiles, made: MadeDepartment | Unreadable) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked: DepartmentFiles[] = [];
    const ask = () => {
      const { value, done } = waiting.next();
      if (done) return;
      asked.push(value);
      const { file, schemas } = value;
      process.send({ file: named(file), schemas: schemas.map(({ path }) => path) } satisfies Asked);
    };
    process.on('message', (given: Given) => {
      const made = asked.shift();
      if (made === undefined) return;
      if ('moved' in given) {
        reject(new FileMoved(given.moved));
        return;
      }
      take(made, given.made);
      ask();
      if (asked.length === 0) resolve();
    });
    process.on('error', reject);
    process.on('exit', code => reject(new Error(`a process that makes departments ended with ${code}`)));
    process.send(forAll);
    for (let at = 0; at < ahead; at++) ask();
    if (asked.length === 0) resolve();
  });
}

const named = ({ path, digest }: FoundFile): Named => ({ path, digest });
