/** Where the project's own files are: schemas, migrations and sample config are read from here, not from build/. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, with no trailing slash. Compiled files live in `build/src`, two below it. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
