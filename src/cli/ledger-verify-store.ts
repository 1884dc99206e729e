/** `stile ledger verify --store`: every row of the gateway's own store, which may go on serving meanwhile. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { NotPrimary } from '../ledger/verification/snapshot.js';
import { type VerificationState, verifyStore } from '../ledger/verification/verify-store.js';
import { OperatorError } from '../operator-error.js';
import type { Io } from './io.js';
import { readKept } from './kept-checkpoint.js';
import type { Wish } from './ledger-verify.js';
import { openProgress } from './progress.js';
import { openStoreAddress } from './store-address.js';
import { showReport } from './verification-report.js';

/** @returns the exit code of {@link showReport} */
export async function verifyOwnStore(wish: Wish, io: Io): Promise<number> {
  const { keys, since, archives, resume, trusted, language } = wish;
  const kept = since.map(file => readKept(file, keys).note);
  const from = resume === undefined ? undefined : readState(resume, keys);
  const { database, close } = await openStoreAddress(io, false);
  const progress = openProgress(io.stderr, language);
  try {
    const report = await verifyStore({
      database,
      keys,
      kept,
      trusted,
      progress: progress.show,
      save: state => {
        if (resume !== undefined) writeState(resume, state);
      },
      ended: io.ended,
      ...(archives === undefined ? {} : { archives }),
      ...(from === undefined ? {} : { from }),
    });
    progress.clear();
    return showReport(report, wish, io);
  } catch (error) {
    progress.clear();
    if (error instanceof NotPrimary) throw new OperatorError(standby, { cause: error });
    if (error instanceof pg.DatabaseError || (error as NodeJS.ErrnoException).code !== undefined)
      throw new OperatorError(unreadable((error as Error).message), { cause: error });
    throw error;
  } finally {
    await close();
  }
}

function readState(file: string, keys: readonly string[]): VerificationState | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as Partial<VerificationState>;
    if (state.version === 1 && state.given?.join() === keys.join()) return state as VerificationState;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new OperatorError(notResumable(file));
}

/** Whole or not at all, wherever it is killed. */
function writeState(file: string, state: VerificationState): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(state));
  renameSync(draft, file);
}

const standby = {
  zh: '该存储库是备库，可能缺少已确认的条目；请核验主库。',
  en: 'The store is a standby, which may lack what was acknowledged: verify the primary.',
};
const unreadable = (message: string) => ({
  zh: `存储库无法读取：${message}`,
  en: `The store cannot be read: ${message}`,
});
const notResumable = (file: string) => ({
  zh: `${file} 不是以同样密钥进行的核验所保存的；请换一个文件名从头开始。`,
  en: `${file} was not saved by a verification with the same keys: name another file to begin anew.`,
});
