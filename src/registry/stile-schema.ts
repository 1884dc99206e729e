/** The schemas of Stile's own config files, as they ship with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.js';
import { type FileKind, fileKind } from './files.js';
import type { Schema } from './schema-store.js';

const known = new Map<FileKind, Schema>();

/** The schema of one kind of config file. */
export function stileSchema(kind: FileKind): Schema {
  const found = known.get(kind);
  if (found !== undefined) return found;
  const schema = JSON.parse(readFileSync(join(root, 'schemas', 'stile', `${kind}.json`), 'utf8')) as Schema;
  known.set(kind, schema);
  return schema;
}

const agreements = stileSchema(fileKind.agreements);

/** The schema of one agreement of an agreements file. */
export const agreementSchema: Schema = { $defs: agreements.$defs, $ref: '#/$defs/agreement' };
