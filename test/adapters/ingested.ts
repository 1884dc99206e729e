/** Reads a file's bytes as the adapter's worker does, within the test's own thread. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { offsetAt } from '../../adapters/file-index.js';
import { type FileForm, type Ingested, ingest, type Refused } from '../../adapters/file-ingest.js';
import { readRowSync, type SnapshotRow } from '../../adapters/file-snapshot.js';

/** @returns the rows in the file's order, or the faults as a log would say them */
export async function ingested(
  content: string | Uint8Array,
  form: Partial<FileForm> = {},
): Promise<readonly string[] | readonly SnapshotRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stile-ingested-'));
  writeFileSync(join(folder, 'file'), content);
  const file = openSync(join(folder, 'file'), 'r');
  const snapshot = openSync(join(folder, 'snapshot'), 'wx+');
  try {
    const all: FileForm = { format: 'csv', columns: ['zjhm', 'xm'], key: ['zjhm'], ...form };
    const found: Ingested | Refused = await ingest({ file, snapshot, form: all });
    if ('faults' in found) return found.faults.map(({ line, fault }) => `${line} ${fault}`);
    const rows = Array.from({ length: found.rows }, (_, at) => readRowSync(snapshot, offsetAt(found.index, at)));
    return rows.sort((one, other) => one.line - other.line);
  } finally {
    closeSync(file);
    closeSync(snapshot);
    rmSync(folder, { recursive: true });
  }
}
