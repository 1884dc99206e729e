/** `stile ledger hold YYYY-MM --why TEXT|--free`: keeps a month from being dropped, or no longer. */
import { holdMonth } from '../ledger/hold-month.js';
import { OperatorError } from '../operator-error.js';
import type { Text } from '../text.js';
import { type Io, printLines } from './io.js';
import { openLedgerStore } from './ledger-store.js';
import { readLedgerWords } from './ledger-words.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile ledger hold YYYY-MM --why TEXT [--by ID]
stile ledger hold YYYY-MM --free [--by ID]
Puts a month (UTC) under legal hold, so that nobody drops it, or ends that. Either is entered into the ledger; the reason stays
beside it, where it can be erased.

STILE_OWNER_URL (or DATABASE_URL), STILE_DATA and STILE_CONFIG are as for stile start.`;

/** @returns 0 when it is done */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const { month, values, free, by } = readLedgerWords(words, ['why']);
  const why = values.why?.trim() || null;
  if (free === (why !== null)) throw new OperatorError(oneOfBoth);
  const store = await openLedgerStore(io);
  try {
    await holdMonth({ query: store.query, ledger: await store.ledger(), month, why, by });
    const words = why === null ? freed : held;
    printLines(io.stdout, [words[environmentLanguage(io.environment)].replace('%', month)]);
    return 0;
  } finally {
    await store.close();
  }
}

const oneOfBoth: Text = {
  zh: '请写 --why 理由，或 --free 解除，二者取一。',
  en: 'Write either --why with the reason, or --free.',
};
const held: Text = { zh: '% 已置于法定保全。', en: '% is under legal hold.' };
const freed: Text = { zh: '% 的法定保全已解除。', en: '% is no longer under legal hold.' };
