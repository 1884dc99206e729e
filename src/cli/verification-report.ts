/** What a verification of a whole ledger came to, for people or as JSON, and the exit code it deserves. */
import type { LedgerReport } from '../ledger/verification/ledger-report.js';
import type { ServerReport } from '../ledger/verification/verify-server.js';
import type { StoreReport } from '../ledger/verification/verify-store.js';
import type { Language, Text } from '../text.js';
import { harmless, harmlessJson } from './display.js';
import { findingLine } from './finding-words.js';
import { type Io, printLines } from './io.js';
import { writeKept } from './kept-checkpoint.js';
import type { Wish } from './ledger-verify.js';

/** Of a store, or of a server. */
type Report = LedgerReport & Partial<Pick<StoreReport, 'unsigned'> & Pick<ServerReport, 'hasEntries'>>;

/** @returns 0 when all of it holds, 2 when something does not, 1 when it was broken off */
export function showReport(report: Report, { json, language, keep, keys, resume, archives }: Wish, io: Io): number {
  const holds = report.found === 0 && report.isComplete;
  if (holds && keep !== undefined && report.roll !== null) writeKept(keep, report.roll.note);
  if (json) printLines(io.stdout, [harmlessJson({ holds, ...report })]);
  else {
    const remarks = [
      ...(report.isComplete ? [] : [resume === undefined ? words.brokenOff : words.resumable]),
      ...((report.unsigned ?? 0) > 0 ? [words.unsigned] : []),
      ...(report.dropped > 0 && archives === undefined ? [words.dropped] : []),
      ...(report.hasEntries === false ? [words.hashesOnly] : []),
      ...(keys.length === 0 ? [words.believed] : []),
    ];
    const verdict = !report.isComplete ? [] : [holds ? words.holds : words.found];
    const told = (texts: readonly Text[]) => texts.map(text => filled(text, report, language));
    const more = report.found - report.findings.length;
    printLines(io.stdout, [
      ...told([words.counts, ...verdict]),
      ...report.findings.map(finding => `  ${harmless(findingLine(finding, language))}`),
      ...(more > 0 ? [words.more[language].replace('%', String(more))] : []),
      ...told(remarks),
    ]);
  }
  if (report.found > 0) return 2;
  return report.isComplete ? 0 : 1;
}

function filled(text: Text, report: Report, language: Language): string {
  const { deployment, entries, shards, checkpoints, rollEntries, roll, unsigned = 0, dropped, found, keys } = report;
  const number = (value: number) => value.toLocaleString('en');
  return text[language]
    .replace('%deployment', harmless(deployment))
    .replace('%entries', number(entries))
    .replace('%shards', number(shards))
    .replace('%checkpoints', number(checkpoints))
    .replace('%rollEntries', number(rollEntries))
    .replace('%size', String(roll?.size ?? '–'))
    .replace('%root', roll?.root ?? '–')
    .replace('%unsigned', number(unsigned))
    .replace('%dropped', number(dropped))
    .replace('%found', number(found))
    .replace('%keys', keys.join(' '));
}

const words = {
  counts: {
    zh: '%deployment：条目 %entries，分片 %shards，检查点 %checkpoints，总册条目 %rollEntries。',
    en: '%deployment: entries: %entries, shards: %shards, checkpoints: %checkpoints, entries of the roll: %rollEntries.',
  },
  holds: {
    zh: '全部无误。总册检查点：大小 %size，根 %root。',
    en: 'All of it holds. The checkpoint of the roll: size %size, root %root.',
  },
  found: { zh: '台账有误，发现 %found 处：', en: 'It does not hold. Findings: %found' },
  brokenOff: { zh: '核验中断，未到末尾。', en: 'It was broken off before the end.' },
  resumable: {
    zh: '核验中断；以同样的 --resume 再次运行即可接着进行。',
    en: 'It was broken off; the same --resume goes on from here.',
  },
  unsigned: {
    zh: '另有 %unsigned 个最新条目尚待签署。',
    en: 'The last %unsigned entries are still to be signed.',
  },
  dropped: {
    zh: '其中 %dropped 个条目只在归档中，此处仅核对了哈希；以 --archives 或对归档目录运行本命令核验其内容。',
    en: '%dropped of the entries are in archives alone, and only their hashes were verified: name --archives, or verify each folder.',
  },
  hashesOnly: {
    zh: '没有审计员的 STILE_TOKEN：只核验了哈希与签名，未读条目。',
    en: "Without an auditor's STILE_TOKEN only hashes and signatures were verified, and no entry was read.",
  },
  believed: {
    zh: '未给 --key：密钥以存储库所载为准（%keys）。',
    en: 'Without --key the keys are believed as the store tells them: %keys',
  },
  more: { zh: '  ……另有 % 处', en: '  … and % more' },
} satisfies Record<string, Text>;
