/** Puts together a folder of config and schemas for a test: the sound one under test/registry/sound, with changes laid over it. */
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Loaded, loadRegistry } from '../../src/registry/load.js';
import { root } from '../../src/root.js';

const here = join(root, 'test', 'registry');

/** What the sound config's references stand for. */
export const environment = { REGISTRATION_URL: 'http://127.0.0.1:1', REGISTRATION_KEY: 'key-of-the-environment' };

/**
 * A fresh copy of the sound deployment, with what lies in test/registry/broken/<change> laid over it.
 *
 * @returns the folder that holds config/ and schemas/
 */
export function deployment(t: Test, change?: string): string {
  const folder = t.testdir({});
  cpSync(join(here, 'sound'), folder, { recursive: true });
  cpSync(join(root, 'schemas', 'stile'), join(folder, 'schemas', 'stile'), { recursive: true });
  if (change === undefined) return folder;
  cpSync(join(here, 'broken', change), folder, { recursive: true });
  for (const line of faultLines(folder)) if (line.startsWith('- ')) rmSync(join(folder, line.slice(2)));
  return folder;
}

/** The lines of a change's faults.txt: `rule file:line:column pointer`, and `- file` for a file that the change takes away. */
export function faultLines(folder: string): string[] {
  const file = join(folder, 'faults.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

/** Loads config/ and schemas/ of the folder. */
export const load = (folder: string, values?: Readonly<Record<string, string>>): Promise<Loaded> =>
  loadRegistry({
    configFolder: join(folder, 'config'),
    schemasFolder: join(folder, 'schemas'),
    ...(values === undefined ? {} : { environment: values }),
  });
