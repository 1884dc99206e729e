/** Judges a sound config with changes, for tests of the safety rules. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { loadRegistry } from '../../../src/registry/load.js';
import type { Safety } from '../../../src/registry/safety/judge-safety.js';
import { deployment, environment } from '../deployment.js';

export const department = 'config/departments/civil-affairs.yaml';

/** A file, what is replaced in it, and by what. */
export type Change = readonly [file: string, text: string, by: string];

export async function judged(folder: string, resolved: Record<string, string> | null = environment): Promise<Safety> {
  const folders = { configFolder: join(folder, 'config'), schemasFolder: join(folder, 'schemas') };
  const { faults, safety } = await loadRegistry({
    ...folders,
    judgesSafety: true,
    ...(resolved === null ? {} : { environment: resolved }),
  });
  if (safety === undefined) throw new Error(JSON.stringify(faults));
  return safety;
}

export function changed(t: Test, changes: readonly Change[]): string {
  const folder = deployment(t);
  for (const [file, text, by] of changes) {
    const before = readFileSync(join(folder, file), 'utf8');
    if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
    writeFileSync(join(folder, file), before.replace(text, by));
  }
  return folder;
}
