/** `stile ledger verify DIR --key KEY`: verifies an archived month, with nothing but its folder and the roll's key. */

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { verifyArchive } from '../ledger/verify-archive.js';
import { OperatorError } from '../operator-error.js';
import type { Language, Text } from '../text.js';
import { type Io, printLines } from './io.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile ledger verify DIR --key KEY
Verifies an archived month offline: its manifest, entries, tags, tiles and checkpoints, up to the roll's signature.

  DIR            folder of the month, as stile ledger archive wrote it
  --key KEY      the roll's verifier key, as stile keys public prints it; several by naming it again`;

/** @returns 0 when all of it holds; 1 for wrong arguments */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { key: { type: 'string', multiple: true } },
  });
  const [folder, ...more] = positionals;
  const { key: rollKeys = [] } = values;
  if (folder === undefined || more.length > 0 || rollKeys.length === 0) {
    printLines(io.stderr, [usage]);
    return 1;
  }
  if (!existsSync(folder)) throw new OperatorError(noFolder(folder));
  return verifyArchiveFolder(folder, rollKeys, environmentLanguage(io.environment), io).catch(error => {
    throw error instanceof SyntaxError ? new OperatorError(noKey) : error;
  });
}

const noFolder = (folder: string): Text => ({ zh: `没有目录 ${folder}。`, en: `There is no folder ${folder}.` });
const noKey: Text = {
  zh: '--key 不是验证密钥；请用 stile keys public 的输出。',
  en: '--key is no verifier key: use what stile keys public prints.',
};

/**
 * @param folder of one month
 * @param rollKeys verifier keys, as `stile keys public` prints them
 * @returns 0 when all of it holds
 * @throws {ArchiveError} with the first thing that does not
 */
export async function verifyArchiveFolder(
  folder: string,
  rollKeys: readonly string[],
  language: Language,
  io: Io,
): Promise<number> {
  const { manifest, roll, entries, withheld, digest } = await verifyArchive(folder, rollKeys);
  const whole = words.whole[language]
    .replace('%1', manifest.month)
    .replace('%2', String(entries))
    .replace('%3', manifest.origin)
    .replace('%4', String(roll.size));
  printLines(io.stdout, [
    whole,
    `${words.manifest[language]} ${digest}`,
    ...withheld.map(name => `${words.withheld[language]} ${name}`),
  ]);
  return 0;
}

const words = {
  whole: {
    zh: '%1：%2 个条目完整，由 %3 的检查点（大小 %4）锁定。',
    en: '%1: all %2 entries are as %3 signed them, pinned by its checkpoint of size %4.',
  },
  manifest: { zh: '清单 SHA-256：', en: 'SHA-256 of the manifest:' },
  withheld: { zh: '未附（不含主体标签）：', en: 'not handed on (tags of subjects):' },
} satisfies Record<string, Text>;
