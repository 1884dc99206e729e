/** The shipped config with other settings of the ledger, as a folder of its own that a gateway's process can be started with. */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../src/root.js';

/**
 * @param folder where to make it
 * @param change what becomes of the text of stile.yaml
 * @returns the environment that names it
 */
export async function makeConfig(
  folder: string,
  change: (settings: string) => string,
): Promise<{ readonly STILE_CONFIG: string; readonly STILE_SCHEMAS: string }> {
  const config = join(folder, 'config');
  await mkdir(folder, { recursive: true });
  await cp(join(root, 'config'), config, { recursive: true });
  // Each file's first line names its schema by a relative path.
  await symlink(join(root, 'schemas'), join(folder, 'schemas'));
  const file = join(config, 'stile.yaml');
  await writeFile(file, change(await readFile(file, 'utf8')));
  return { STILE_CONFIG: config, STILE_SCHEMAS: join(folder, 'schemas') };
}
