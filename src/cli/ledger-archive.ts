/** `stile ledger archive YYYY-MM --to DIR`: writes a closed month as signed files that verify themselves. */
import { archiveFolder } from '../ledger/archive-folder.js';
import { entryKind, retentionAction } from '../ledger/ledger.js';
import { writeArchive } from '../ledger/write-archive.js';
import { OperatorError } from '../operator-error.js';
import { randomId } from '../random.js';
import type { Text } from '../text.js';
import { type Io, printLines } from './io.js';
import { openLedgerStore } from './ledger-store.js';
import { readLedgerWords } from './ledger-words.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile ledger archive YYYY-MM --to DIR [--by ID]
Writes a closed month (UTC) into DIR/YYYY-MM: entries, tags apart from them, hash tiles, checkpoints, and a manifest that the
ledger's key signs. What was written is read back and verified before it gets its name, and entered into the ledger.

  --to DIR       the folder of all archives
  --by ID        who does it, for the ledger; otherwise the login
DATABASE_URL, STILE_DATA and STILE_CONFIG are as for stile start.`;

/** @returns 0 when it is archived */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const { month, values, by } = readLedgerWords(words, ['to']);
  const folder = values.to;
  if (folder === undefined) throw new OperatorError(noFolder);
  const store = await openLedgerStore(io);
  try {
    const { deployment } = store.registry;
    const ledger = await store.ledger();
    const written = await store.snapshot(query =>
      writeArchive({ query, deployment, keys: store.keys, month, folder, now: Date.now() }),
    );
    const operator = { id: by, assurance: 'asserted' };
    const { digest: manifest } = written;
    const action = retentionAction.archived;
    await ledger.append({ entry: { kind: entryKind.retention, id: randomId(), action, month, manifest, operator } });
    const line = done[environmentLanguage(io.environment)]
      .replace('%1', String(written.entries))
      .replace('%2', archiveFolder(folder, month))
      .replace('%3', manifest);
    printLines(io.stdout, [line]);
    return 0;
  } finally {
    await store.close();
  }
}

const noFolder: Text = { zh: '请以 --to 写明存放归档的目录。', en: 'Name the folder of all archives with --to.' };
const done: Text = {
  zh: '已归档 %1 个条目到 %2，并已读回核验。清单 SHA-256：%3',
  en: 'Archived %1 entries to %2, read back and verified. SHA-256 of the manifest: %3',
};
