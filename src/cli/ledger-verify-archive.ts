/** `stile ledger verify DIR --key KEY`: verifies an archived month, with nothing but its folder and the roll's key. */
import { verifyArchive } from '../ledger/verify-archive.js';
import type { Language, Text } from '../text.js';
import { type Io, printLines } from './io.js';

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
