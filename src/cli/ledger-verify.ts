/** `stile ledger verify …`: verifies a receipt, an archive, a store or a server of tiles; finds out which, each a file of its own. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { cosignatureVerifier } from '../ledger/cosignature.js';
import { rollShard } from '../ledger/ledger.js';
import { logVerifiers } from '../ledger/log-verifiers.js';
import type { TrustedWitnesses } from '../ledger/verify-receipt.js';
import { OperatorError } from '../operator-error.js';
import type { Language, Text } from '../text.js';
import { type Io, printLines } from './io.js';
import { verifyArchiveFolder } from './ledger-verify-archive.js';
import { verifyPeers } from './ledger-verify-peers.js';
import { verifyReceiptFile } from './ledger-verify-receipt.js';
import { verifyTileServer } from './ledger-verify-server.js';
import { verifyOwnStore } from './ledger-verify-store.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile ledger verify RECEIPT --key KEY     a receipt, offline
stile ledger verify RECEIPT --peer RECEIPT --key KEY --key KEY
                                          whether the records of two gateways prove each other, offline
stile ledger verify DIR --key KEY         an archived month, offline
stile ledger verify URL --key KEY         a ledger by its tiles, such as https://gateway.example/ledger
stile ledger verify --store [--key KEY]   every row of the gateway's own store, in one pass

  --key KEY       the roll's verifier key, as stile keys public printed it; several by naming it again
  --peer RECEIPT  with a receipt: the one that the other gateway gave of the same exchange; --key of each, --witness for both
  --since FILE    a checkpoint of the roll, or a receipt, that you kept: what is verified must extend it; several likewise
  --keep FILE     writes the roll's checkpoint to FILE once all of it holds, for --since another day
  --archives DIR  with --store: verifies the archives of dropped months too
  --resume FILE   with --store: goes on from FILE where it is, and saves there how far it came
  --witness KEY   a witness that must have cosigned the roll; several by naming it again
  --required N    how many of the witnesses named suffice; otherwise all
  --json          the report as one JSON object
  --language zh|en  otherwise by LANG
--store reads DATABASE_URL, or the store in STILE_DATA, whether its gateway runs or not. URL reads the entries too with an
auditor's STILE_TOKEN; without it, hashes and signatures. The exit code is 0 when all of it holds, 2 when something
does not, 1 when it was not verified to the end.`;

/** What all of them are told. */
export interface Wish {
  readonly keys: readonly string[];
  readonly since: readonly string[];
  readonly keep: string | undefined;
  readonly archives: string | undefined;
  readonly resume: string | undefined;
  readonly trusted: TrustedWitnesses;
  readonly json: boolean;
  readonly language: Language;
}

/** @returns 0 when all of it holds, 2 when something does not, 1 when it was not verified to the end */
export async function run(words: readonly string[], io: Io): Promise<number> {
  const text = { type: 'string' } as const;
  const several = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      store: flag,
      peer: text,
      key: several,
      since: several,
      keep: text,
      archives: text,
      resume: text,
      witness: several,
      required: text,
      json: flag,
      language: text,
    },
  });
  const language = values.language ?? environmentLanguage(io.environment);
  const [target, ...more] = positionals;
  const trusted = trustedOf(values.witness ?? [], values.required);
  const { store = false, peer, key: keys = [], since = [], keep, archives, resume, json = false } = values;
  const isOne = more.length === 0 && (target === undefined) === store;
  if (!isOne || (keys.length === 0 && !store) || (language !== 'zh' && language !== 'en')) {
    printLines(io.stderr, [usage]);
    return 1;
  }
  try {
    logVerifiers(keys, rollShard);
  } catch (error) {
    throw error instanceof SyntaxError ? new OperatorError(noKey, { cause: error }) : error;
  }
  const wish: Wish = { keys, since, keep, archives, resume, trusted, json, language };
  if (peer !== undefined && !isReceipt(target)) throw new OperatorError(receiptOnly);
  const isStoreOnly = archives !== undefined || resume !== undefined;
  if (target === undefined) return verifyOwnStore(wish, io);
  if (isStoreOnly) throw new OperatorError(storeOnly);
  if (/^https?:\/\//.test(target)) return verifyTileServer(target, wish, io);
  if (since.length > 0 || keep !== undefined) throw new OperatorError(rollOnly);
  if (target !== '-' && !existsSync(target)) throw new OperatorError(nothingThere(target));
  if (target !== '-' && statSync(target).isDirectory()) return verifyArchiveFolder(target, wish, io);
  const receipt = { file: target, text: await textOf(target, io) };
  if (peer === undefined) return verifyReceiptFile(receipt.text, wish, io);
  if (!existsSync(peer)) throw new OperatorError(nothingThere(peer));
  return verifyPeers([receipt, { file: peer, text: await textOf(peer, io) }], wish, io);
}

/** Neither the store, nor a server, nor the folder of an archive. */
const isReceipt = (target: string | undefined): boolean =>
  target !== undefined && !/^https?:\/\//.test(target) && !(existsSync(target) && statSync(target).isDirectory());

/** @throws {OperatorError} when a key is none, or more are required than are named */
function trustedOf(keys: readonly string[], text = String(keys.length)): TrustedWitnesses {
  const required = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(required <= keys.length)) throw new OperatorError(tooMany);
  try {
    for (const key of keys) cosignatureVerifier(key);
  } catch (error) {
    throw error instanceof SyntaxError ? new OperatorError(noWitness, { cause: error }) : error;
  }
  return { keys, required };
}

/** @param file `-` is standard input */
async function textOf(file: string, { stdin }: Io): Promise<string> {
  if (file !== '-') return readFileSync(file, 'utf8');
  let text = '';
  for await (const chunk of stdin) text += String(chunk);
  return text;
}

const noKey: Text = {
  zh: '--key 不是验证密钥；请用 stile keys public 的输出。',
  en: '--key is no verifier key: use what stile keys public prints.',
};
const noWitness: Text = {
  zh: '--witness 不是见证者的验证密钥；请用 stile witness --new-key 的输出。',
  en: '--witness is no verifier key of a witness: use what stile witness --new-key prints.',
};
const tooMany: Text = {
  zh: '--required 应为不超过 --witness 个数的数字。',
  en: '--required is a number, of no more than the witnesses that are named.',
};
const storeOnly: Text = {
  zh: '--archives 与 --resume 只用于 --store。',
  en: '--archives and --resume are for --store alone.',
};
const rollOnly: Text = {
  zh: '--since 与 --keep 只用于 --store 或 URL。',
  en: '--since and --keep are for --store or a URL.',
};
const receiptOnly: Text = { zh: '--peer 只用于回执。', en: '--peer is for a receipt alone.' };
const nothingThere = (target: string): Text => ({
  zh: `没有文件或目录 ${target}。`,
  en: `There is no file or folder ${target}.`,
});
