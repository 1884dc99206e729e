/** `stile ledger verify URL`: a ledger by the tiles it serves to anyone, and by its entries for an auditor. */
import { setTimeout as sleep } from 'node:timers/promises';
import { role } from '../identity/principal.js';
import { type Fetched, openTileServer } from '../ledger/verification/tile-server.js';
import { verifyServer } from '../ledger/verification/verify-server.js';
import { OperatorError } from '../operator-error.js';
import { type Failure, unreachable } from './answer.js';
import { type Download, openApi } from './api.js';
import { type Io, printLines } from './io.js';
import { readKept } from './kept-checkpoint.js';
import type { Wish } from './ledger-verify.js';
import { openProgress } from './progress.js';
import { showReport } from './verification-report.js';

/** Longest wait for one answer, milliseconds. */
const deadline = 30_000;
/** How often a server may ask to be asked later. */
const mostPauses = 60;

/** The server did not answer, or refused to; told in these lines. */
class NoAnswer extends Error {
  readonly lines: readonly string[];
  constructor({ lines }: Failure) {
    super(lines[0]);
    this.name = 'NoAnswer';
    this.lines = lines;
  }
}

/** @returns the exit code of {@link showReport} */
export async function verifyTileServer(address: string, wish: Wish, io: Io): Promise<number> {
  const { keys, since, trusted, language } = wish;
  const url = address.replace(/\/+$/, '').replace(/\/ledger$/, '');
  const { ended } = io;
  const api = openApi({
    language,
    staff: role.auditor,
    environment: { ...io.environment, STILE_URL: url },
    ended,
  });
  const get = (path: string) => patiently(() => anyone(url, path, ended), ended);
  const getAsAuditor = (path: string) => patiently(() => api.download(path), ended);
  const kept = since.map(file => readKept(file, keys).tree);
  const progress = openProgress(io.stderr, language);
  try {
    const report = await verifyServer({
      server: openTileServer({ get, getAsAuditor }),
      keys,
      kept,
      trusted,
      hasEntries: await isAuditor(api.download),
      progress: progress.show,
      ended,
    });
    progress.clear();
    return showReport(report, wish, io);
  } catch (error) {
    progress.clear();
    if (error instanceof SyntaxError) throw new OperatorError(noLedger(url), { cause: error });
    if (!(error instanceof NoAnswer)) throw error;
    if (!ended.aborted) printLines(io.stderr, error.lines);
    return 1;
  }

  async function anyone(base: string, path: string, signal: AbortSignal): Promise<Download | Failure> {
    try {
      const limit = AbortSignal.any([AbortSignal.timeout(deadline), signal]);
      const answer = await fetch(base + path, { redirect: 'error', signal: limit });
      const { status, headers } = answer;
      return { ok: true, status, headers, bytes: Buffer.from(await answer.arrayBuffer()) };
    } catch (error) {
      return unreachable(base, error, language);
    }
  }
}

/** Whether the server takes us for an auditor: it is asked for the first entry of all. */
async function isAuditor(download: (path: string) => Promise<Download | Failure>): Promise<boolean> {
  const answer = await download('/ledger/tile/entries/000.p/1');
  return answer.ok && answer.status !== 401 && answer.status !== 403;
}

/** Waits as long as a busy server asks for (RFC 9110, section 10.2.3). */
async function patiently(ask: () => Promise<Download | Failure>, ended: AbortSignal): Promise<Fetched> {
  for (let pauses = 0; ; pauses++) {
    const answer = await ask();
    if (!answer.ok) throw new NoAnswer(answer);
    const isBusy = answer.status === 429 || answer.status === 503;
    if (!isBusy || pauses === mostPauses) return answer;
    const seconds = Number(answer.headers.get('retry-after') ?? 1);
    await sleep((seconds > 0 ? Math.min(seconds, 60) : 1) * 1000, undefined, { signal: ended }).catch(() => {});
  }
}

const noLedger = (url: string) => ({
  zh: `${url}/ledger 没有台账的检查点。`,
  en: `${url}/ledger has no checkpoint of a ledger.`,
});
