/** Where one run of the suite keeps its database server: a folder for each tap process, so that runs side by side do not meet. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = `stile-suite-${process.getuid?.() ?? 'user'}-`;

/** @param runner the tap process, which is the parent of before, after and every test file */
export const suiteFolder = (runner: number): string => join(tmpdir(), `${prefix}${runner}`);

/** The tap process that a folder under the system's temporary folder belongs to, if it is a suite's. */
export const runnerOf = (name: string): number | undefined =>
  name.startsWith(prefix) ? Number(name.slice(prefix.length)) : undefined;
