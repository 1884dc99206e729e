/** `stile ledger verify RECEIPT`: offline, with nothing but the receipt and the roll's key. */
import { readReceipt } from '../ledger/read-receipt.js';
import { type ReceiptFault, receiptFault, verifyReceipt } from '../ledger/verify-receipt.js';
import type { Text } from '../text.js';
import { harmless, harmlessJson } from './display.js';
import { type Io, printLines } from './io.js';
import type { Wish } from './ledger-verify.js';

/**
 * @param text of the receipt
 * @returns 0 when it holds, 2 with the first thing that does not
 */
export function verifyReceiptFile(text: string, { keys, trusted, json, language }: Wish, io: Io): number {
  const receipt = readReceipt(text);
  const verified = receipt === null ? { fault: receiptFault.malformed } : verifyReceipt(receipt, keys, trusted);
  if (receipt === null || 'fault' in verified) {
    const fault = 'fault' in verified ? verified.fault : receiptFault.malformed;
    printLines(io.stdout, [json ? harmlessJson({ holds: false, fault }) : receiptFaultWords[fault][language]]);
    return 2;
  }
  const { position, shard, roll, witnesses } = verified;
  const entry: unknown = JSON.parse(receipt.entry);
  const told = [
    whole[language].replace('%1', position).replace('%2', roll.origin),
    pinned[language].replace('%1', String(shard.size)).replace('%2', String(roll.size)),
    ...witnesses.map(({ name, time }) =>
      cosigned[language].replace('%1', harmless(name)).replace('%2', new Date(time * 1000).toISOString()),
    ),
    harmlessJson(entry, 2),
  ];
  printLines(io.stdout, json ? [harmlessJson({ holds: true, position, entry, shard, roll, witnesses })] : told);
  return 0;
}

const whole: Text = {
  zh: '记录 %1 在 %2 的台账中，内容如下。',
  en: 'Record %1 is in the ledger of %2, as it stands here.',
};
const pinned: Text = {
  zh: '由分片检查点（大小 %1）与总册检查点（大小 %2）锁定，签名有效。',
  en: "Pinned by its shard's checkpoint of size %1 and the roll's of size %2, both signed.",
};

const cosigned: Text = { zh: '见证者 %1 于 %2 副署。', en: 'Cosigned by %1 at %2.' };

/** The first thing that does not hold, for people. */
export const receiptFaultWords: Readonly<Record<ReceiptFault, Text>> = {
  malformed: { zh: '这不是回执。', en: 'It is no receipt.' },
  signature: {
    zh: '分片检查点没有已知密钥的有效签名。',
    en: "The shard's checkpoint has no good signature of a known key.",
  },
  entry: { zh: '条目不在所签的分片树中该位置。', en: 'The entry is not in its place in the tree that was signed.' },
  'roll-signature': {
    zh: '总册检查点没有已知密钥的有效签名。',
    en: "The roll's checkpoint has no good signature of a known key.",
  },
  witnesses: {
    zh: '总册检查点的见证者副署不足。',
    en: "Too few of the witnesses cosigned the roll's checkpoint.",
  },
  roll: { zh: '分片检查点不在所签的总册中。', en: "The shard's checkpoint is not in the roll that was signed." },
};
