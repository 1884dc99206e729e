/** The body of a reconciliation: a department's list, read as it comes, with the digest of its bytes. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Exit } from '../problem.js';
import { type LineFault, type ListForm, listForm, openListReader } from '../reconciliation/list-reader.js';
import { openRequestList, type RequestList } from '../reconciliation/request-list.js';

/** Most bytes of a list. */
export const listLimit = 256 * 1024 * 1024;

const forms: Readonly<Record<string, ListForm>> = {
  'text/csv': listForm.csv,
  'application/x-ndjson': listForm.ndjson,
};

/** The media types a list may have. */
export const listTypes: readonly string[] = Object.keys(forms);

export interface List {
  readonly ids: RequestList;
  /** SHA-256 of the bytes as they came, hex. */
  readonly digest: string;
  readonly bytes: number;
}

/**
 * Reads the list to its end, also after a fault, so that whoever sends it gets to read the answer.
 *
 * @param column as of `openListReader`
 * @returns or `STILE_LIST_INVALID` with the lines that are wrong
 */
export function readList(column: string, request: FastifyRequest): Promise<List | Exit> {
  const form = forms[String(request.headers['content-type']).split(';')[0]?.trim().toLowerCase() ?? ''];
  if (form === undefined) return Promise.resolve({ code: 'STILE_LIST_TYPE' });
  // What is announced to be too large is not waited for.
  if (Number(request.headers['content-length'] ?? 0) > listLimit) return Promise.resolve(tooLarge);
  const ids = openRequestList();
  const reader = openListReader(form, column, ids);
  const digest = createHash('sha256');
  let bytes = 0;
  return new Promise(resolve => {
    request.raw
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > listLimit) resolve(tooLarge);
        else if (!reader.isHopeless) {
          digest.update(chunk);
          reader.write(chunk);
        }
      })
      .on('end', () => {
        reader.end();
        if (reader.faults.length === 0) resolve({ ids, digest: digest.digest('hex'), bytes });
        else resolve({ code: 'STILE_LIST_INVALID', violations: reader.faults.map(violationOf) });
      })
      .on('error', () => resolve({ code: 'STILE_CALLER_GONE' }))
      .on('close', () => resolve({ code: 'STILE_CALLER_GONE' }));
  });
}

const tooLarge: Exit = { code: 'STILE_BODY_TOO_LARGE', headers: { connection: 'close' } };

const violationOf = ({ line, message }: LineFault) => ({
  pointer: '',
  keyword: 'stile',
  message: { zh: `第 ${line} 行：${message.zh}`, en: `line ${line}: ${message.en}` },
});
