/** `stile ledger verify RECEIPT --peer RECEIPT`: offline, whether the records of two gateways prove each other. */
import { comparePeers, type PeerFault, type PeerSide } from '../ledger/compare-peers.js';
import { readReceipt } from '../ledger/read-receipt.js';
import { type ReceiptFault, receiptFault, verifyReceipt } from '../ledger/verify-receipt.js';
import type { Language, Text } from '../text.js';
import { harmless, harmlessJson } from './display.js';
import { type Entry, outcomeOf, textIn } from './entry-words.js';
import { type Io, printLines } from './io.js';
import type { Wish } from './ledger-verify.js';
import { receiptFaultWords } from './ledger-verify-receipt.js';

type Receipts = readonly { readonly file: string; readonly text: string }[];

/** @returns 0 when both hold and name each other, 2 with the first thing that does not */
export function verifyPeers(receipts: Receipts, wish: Wish, io: Io): number {
  const { json, language } = wish;
  const refuse = (fault: ReceiptFault | PeerFault, words: Text, file?: string): number => {
    const told = file === undefined ? words[language] : `${harmless(file)}: ${words[language]}`;
    printLines(io.stdout, [json ? harmlessJson({ holds: false, fault, file }) : told]);
    return 2;
  };
  const sides: PeerSide[] = [];
  for (const { file, text } of receipts) {
    const side = verifiedSide(text, wish);
    if (typeof side === 'string') return refuse(side, receiptFaultWords[side], file);
    sides.push(side);
  }
  const [one, other] = sides;
  if (one === undefined || other === undefined) throw new Error('two receipts are compared');
  const found = comparePeers(one, other);
  if ('fault' in found) return refuse(found.fault, faultWords[found.fault]);
  const { asking, answering, intent } = found;
  const told = [
    whole[language],
    `${askingWords[language]} ${lineOf(asking, language)}`,
    `${answeringWords[language]} ${lineOf(answering, language)}`,
    `${intentWords[language]} ${harmless(intent)}`,
  ];
  printLines(io.stdout, json ? [harmlessJson({ holds: true, asking, answering, intent })] : told);
  return 0;
}

function verifiedSide(text: string, { keys, trusted }: Wish): PeerSide | ReceiptFault {
  const receipt = readReceipt(text);
  if (receipt === null) return receiptFault.malformed;
  const verified = verifyReceipt(receipt, keys, trusted);
  if ('fault' in verified) return verified.fault;
  return { origin: verified.roll.origin, position: verified.position, entry: JSON.parse(receipt.entry) };
}

function lineOf({ origin, position, entry }: PeerSide, language: Language): string {
  const held = entry as Entry;
  const said = [textIn(held, 'time'), textIn(held, 'client'), textIn(held, 'service'), outcomeOf(held, language)];
  return harmless([origin, position, ...said].join('  '));
}

const whole: Text = {
  zh: '两条记录互为证明：',
  en: 'The two records prove each other:',
};
const askingWords: Text = { zh: '请求方', en: 'asked   ' };
const answeringWords: Text = { zh: '答复方', en: 'answered' };
const intentWords: Text = { zh: '双方所指的意向', en: 'the intent that both name' };

const faultWords: Readonly<Record<PeerFault, Text>> = {
  strangers: { zh: '两条记录均未指明对方。', en: 'Neither record names the other.' },
  'asking-alone': {
    zh: '请求方的记录指明了对方，对方的记录却未指明它。',
    en: 'The record of the side that asked names the other, which does not name it.',
  },
  'answering-alone': {
    zh: '答复方的记录指明了对方，对方的记录却未指明它。',
    en: 'The record of the side that answered names the other, which does not name it.',
  },
};
