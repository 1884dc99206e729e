/** `stile ledger drop YYYY-MM --archive DIR`: drops a month whose archive is whole and just what the store has. */
import { dropMonth } from '../ledger/drop-month.js';
import { OperatorError } from '../operator-error.js';
import type { Text } from '../text.js';
import { type Io, printLines } from './io.js';
import { openLedgerStore } from './ledger-store.js';
import { readLedgerWords } from './ledger-words.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile ledger drop YYYY-MM --archive DIR [--by ID]
Verifies DIR/YYYY-MM against the store, enters the drop into the ledger, and drops the month's entries and tags. Its hashes
stay, so that receipts and proofs still verify. Never a month under legal hold, nor within config's retention.

  --archive DIR  the folder of all archives
  --by ID        who does it, for the ledger; otherwise the login
STILE_OWNER_URL (or DATABASE_URL), STILE_DATA and STILE_CONFIG are as for stile start.`;

/** @returns 0 when it is dropped */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const { month, values, by } = readLedgerWords(words, ['archive']);
  const folder = values.archive;
  if (folder === undefined) throw new OperatorError(noFolder);
  const store = await openLedgerStore(io);
  try {
    const { query, rollKeys, registry } = store;
    const ledger = await store.ledger();
    const { retention: settings } = registry.settings;
    const dropped = await dropMonth({ query, ledger, rollKeys, month, folder, settings, by, now: Date.now() });
    const line = done[environmentLanguage(io.environment)]
      .replace('%1', month)
      .replace('%2', String(dropped.entries))
      .replace('%3', dropped.digest);
    printLines(io.stdout, [line]);
    return 0;
  } finally {
    await store.close();
  }
}

const noFolder: Text = {
  zh: '请以 --archive 写明存放归档的目录。',
  en: 'Name the folder of all archives with --archive.',
};
const done: Text = {
  zh: '已从存储库删除 %1 的 %2 个条目；哈希保留。归档清单 SHA-256：%3',
  en: 'Dropped %1 with its %2 entries from the store; its hashes stay. SHA-256 of the manifest: %3',
};
