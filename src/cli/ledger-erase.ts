/** `stile ledger erase SHARD/INDEX --reason …`: erases what staff wrote beside an entry, through the gateway's API. */
import { parseArgs } from 'node:util';
import { role } from '../identity/principal.js';
import { erasureReason } from '../ledger/ledger.js';
import { OperatorError } from '../operator-error.js';
import type { Text } from '../text.js';
import { openApi } from './api.js';
import { type Io, printLines } from './io.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile ledger erase SHARD/INDEX --reason request|order|mistake
Erases for good what staff wrote beside that entry, such as why an agreement was suspended. The entry stays and verifies as before;
the erasure is an entry of its own.

  --reason       request: a person it tells about asked for it; order: a court or an authority ordered it; mistake: it should
                 never have been written
STILE_URL says where the gateway is, STILE_TOKEN holds a token of the role security.`;

/** @returns 0 when it is erased; 1 when the gateway refused or is not there */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const language = environmentLanguage(io.environment);
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { reason: { type: 'string' } },
  });
  const [record = '', ...more] = positionals;
  const reason = Object.values(erasureReason).find(each => each === values.reason);
  if (!/^\d+\/\d+$/.test(record) || more.length > 0) throw new OperatorError(onePosition);
  if (reason === undefined) throw new OperatorError(oneReason);
  const api = openApi({ language, staff: role.security, environment: io.environment, ended: io.ended });
  const answer = await api.post('/audit/erasures', { record, reason });
  if (!answer.ok) {
    printLines(io.stderr, answer.lines);
    return 1;
  }
  const erasure = (answer.body as { readonly record: string }).record;
  printLines(io.stdout, [done[language].replace('%1', record).replace('%2', erasure)]);
  return 0;
}

const onePosition: Text = { zh: '请写一条记录的位置，如 0/42。', en: "Name one record's position, such as 0/42." };
const oneReason: Text = {
  zh: '请以 --reason 写明 request（当事人要求）、order（依令）或 mistake（误写）。',
  en: 'Say with --reason whether it is a request, an order or a mistake.',
};
const done: Text = {
  zh: '%1 旁的文字已删除，不可恢复。记录 %2。',
  en: 'The text beside %1 is erased for good. Record %2.',
};
