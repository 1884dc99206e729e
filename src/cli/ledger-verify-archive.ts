/** `stile ledger verify DIR`: an archived month, with nothing but its folder and the roll's key. */
import { ArchiveError } from '../ledger/archive-fault.js';
import { verifyArchive } from '../ledger/verify-archive.js';
import type { Text } from '../text.js';
import { harmlessJson } from './display.js';
import { type Io, printLines } from './io.js';
import type { Wish } from './ledger-verify.js';

/**
 * @param folder of one month
 * @returns 0 when all of it holds, 2 with the first thing that does not
 */
export async function verifyArchiveFolder(folder: string, { keys, json, language }: Wish, io: Io): Promise<number> {
  try {
    const { manifest, roll, entries, withheld, digest } = await verifyArchive(folder, keys);
    const { month, origin } = manifest;
    const whole = words.whole[language]
      .replace('%1', month)
      .replace('%2', String(entries))
      .replace('%3', origin)
      .replace('%4', String(roll.size));
    const report = { holds: true, month, origin, entries, manifest: digest, withheld, roll };
    const told = [
      whole,
      `${words.manifest[language]} ${digest}`,
      ...withheld.map(name => `${words.withheld[language]} ${name}`),
    ];
    printLines(io.stdout, json ? [harmlessJson(report)] : told);
    return 0;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const { fault, file } = error;
    printLines(io.stdout, [json ? harmlessJson({ holds: false, fault, file }) : error.text[language]]);
    return 2;
  }
}

const words = {
  whole: {
    zh: '%1：%2 个条目完整，由 %3 的检查点（大小 %4）锁定。',
    en: '%1: all %2 entries are as %3 signed them, pinned by its checkpoint of size %4.',
  },
  manifest: { zh: '清单 SHA-256：', en: 'SHA-256 of the manifest:' },
  withheld: { zh: '未附（不含主体标签）：', en: 'not handed on (tags of subjects):' },
} satisfies Record<string, Text>;
