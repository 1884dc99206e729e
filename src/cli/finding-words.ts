/** What a verification of the ledger found wrong, in words for whoever has to act on it. */
import type { Finding, LedgerWrong } from '../ledger/verification/finding.js';
import type { Language, Text } from '../text.js';

/** Of each fault what it says, which holds from the position that is named with it. */
export const findingWords: Readonly<Record<LedgerWrong, Text>> = {
  missing: { zh: '条目缺失', en: 'the entry is missing' },
  twice: { zh: '同一位置有多个条目', en: 'the position has more than one entry' },
  beyond: { zh: '条目在分片末尾之外', en: 'the entry lies beyond the end of its shard' },
  entry: { zh: '条目不是当初写入的', en: 'the entry is not the one that was written' },
  time: { zh: '时间不符，或早于前一条目', en: 'its time is not its own, or before that of the entry before' },
  columns: { zh: '检索列与条目不符', en: 'a search column is not what the entry says' },
  subjects: { zh: '数据主体的标签与条目不符', en: 'the tags of subjects are not those of the entry' },
  text: {
    zh: '条目旁的文字被改动，或未经条目删除，或已删除而复现',
    en: 'the text beside the entry is altered, gone with no erasure, or back',
  },
  tile: { zh: '哈希块缺失或被改动', en: 'a tile of hashes is missing or altered' },
  head: { zh: '分片的头行缺失或被改动', en: 'the head row is missing or altered' },
  months: { zh: '月份表与条目不符', en: 'the table of months is not what the entries say' },
  intent: { zh: '意向的开闭状态不符', en: 'an intent is open that was closed, or closed that is open' },
  parts: {
    zh: '组合服务的记录与其各部分的记录互不对应',
    en: 'a composite and its parts do not name each other',
  },
  root: { zh: '条目不是当初签署的', en: 'the entries are not those that were signed' },
  checkpoint: { zh: '检查点有误，或不是最新的', en: 'the checkpoint is malformed, or not the last one' },
  signature: {
    zh: '没有已知密钥的有效签名；换过密钥时请以 --key 给出',
    en: 'it has no good signature of a known key; name the key with --key',
  },
  key: { zh: '密钥更换未由已知密钥签署', en: 'the keys that sign it are vouched for by no key that was known' },
  unsigned: { zh: '早该签署的条目尚未签署', en: 'entries are not signed that should long have been' },
  kept: { zh: '台账不是所保存检查点的延续', en: 'the ledger does not extend the checkpoint that was kept' },
  witnesses: { zh: '总册的见证签名不足', en: 'too few of the witnesses cosigned the roll' },
  shard: {
    zh: '分片不在总册所载之列，或停用后又有增长',
    en: 'the shard is not one the roll tells of, or grew after it was retired',
  },
  archive: { zh: '归档缺失、未通过核验或不对应', en: 'the archive is missing, does not verify or is another' },
};

/** `0/300 … 0/412  the entries are not those that were signed (roll/7) [root]` */
export function findingLine({ wrong, at, until, detail }: Finding, language: Language): string {
  const place = until === undefined ? at : `${at} … ${until}`;
  return `${place}  ${findingWords[wrong][language]}${detail === undefined ? '' : ` (${detail})`} [${wrong}]`;
}
