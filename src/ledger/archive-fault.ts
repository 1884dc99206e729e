/** What can be wrong with an archive, by name, and the words for it. */
import { OperatorError } from '../operator-error.js';
import type { Text } from '../text.js';

export const archiveFault = {
  /** A file that the manifest names is not there. */
  missing: 'missing',
  /** A file is there that the manifest does not name. */
  foreign: 'foreign',
  cut: 'cut',
  appended: 'appended',
  altered: 'altered',
  /** A file is not written as this code writes it. */
  malformed: 'malformed',
  /** No known key signed it, or a signature is not good. */
  signature: 'signature',
  /** The manifest does not name what an archive must have. */
  manifest: 'manifest',
  /** A checkpoint is of another log, does not cover the month, or is not in the roll's tree. */
  checkpoint: 'checkpoint',
  /** The tiles do not lead to the checkpoint's root. */
  tiles: 'tiles',
  /** An entry is not the leaf of its place. */
  entries: 'entries',
  /** Tags and salt are not what the entry says. */
  subjects: 'subjects',
  /** The archive is whole, and not what the store has. */
  store: 'store',
} as const;
export type ArchiveFault = (typeof archiveFault)[keyof typeof archiveFault];

/** The archive must not be believed. */
export class ArchiveError extends OperatorError {
  override readonly name = 'ArchiveError';
  readonly fault: ArchiveFault;
  /** The file of the archive. */
  readonly file: string;
  constructor(fault: ArchiveFault, file: string, position?: string) {
    const place = position === undefined ? file : `${file} ${position}`;
    super({ zh: `${place}：${words[fault].zh}`, en: `${place}: ${words[fault].en}` });
    this.fault = fault;
    this.file = file;
  }
}

const words: Readonly<Record<ArchiveFault, Text>> = {
  missing: { zh: '文件缺失', en: 'the file is missing' },
  foreign: { zh: '清单里没有这个文件', en: 'the manifest has no such file' },
  cut: { zh: '文件被截短', en: 'the file was cut' },
  appended: { zh: '文件末尾多出内容', en: 'bytes were appended to the file' },
  altered: { zh: '文件被改动', en: 'the file was altered' },
  malformed: { zh: '格式不对', en: 'it is not written as an archive is' },
  signature: { zh: '没有已知密钥的有效签名', en: 'it has no good signature of a known key' },
  manifest: { zh: '清单没有列出应有的文件', en: 'the manifest does not name this file, which an archive must have' },
  checkpoint: {
    zh: '检查点不对应这份台账或不覆盖本月',
    en: 'the checkpoint is not of this ledger, or does not cover the month',
  },
  tiles: { zh: '哈希块推不出检查点的根', en: 'the tiles do not lead to the root of the checkpoint' },
  entries: { zh: '条目不是该位置的叶', en: 'the entry is not the leaf of its place' },
  subjects: { zh: '主体标签与条目不符', en: 'tags and salt are not what the entry says' },
  store: { zh: '与存储库中的内容不符', en: 'it is not what the store has' },
};
