/** The types beside the schemas of Stile's own files are those that the schemas make. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import t from 'tap';
import { declarations } from '../../schemas/generate.js';
import { root } from '../../src/root.js';

const made = await declarations();
t.ok(made.size >= 4);
for (const [path, text] of made) t.equal(readFileSync(path, 'utf8'), text, `${relative(root, path)}: npm run generate`);
