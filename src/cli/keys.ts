/** `stile keys`: the keys that sign the ledger's checkpoints, and those of its months, which is a file of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readEnvironment } from '../environment.js';
import { originOf } from '../ledger/checkpoint-signer.js';
import { rollShard } from '../ledger/ledger.js';
import { addLogKey, logKeyFolder, newLogKey, readLogKeys } from '../ledger/log-key.js';
import { verifierKeysOf } from '../ledger/roll-keys.js';
import { OperatorError } from '../operator-error.js';
import { writeSecretFile } from '../secret-file.js';
import type { Text } from '../text.js';
import { type Io, printLines, processIo } from './io.js';
import * as periods from './keys-periods.js';
import { environmentLanguage } from './terminal.js';

export const usage = `stile keys public        the verifier keys of the ledger, one a line, the newest last; give them to auditors
stile keys rotate        adds a key; the gateway signs with old and new from its next checkpoint on
stile keys new FILE      writes a private key to a new file, for config's ledger.signingKeys
${periods.usage}

  STILE_DATA     where the gateway keeps its keys (data)
  STILE_CONFIG   config, which names the deployment
To delete a month's key, STILE_OWNER_URL (or DATABASE_URL) and the rest are as for stile start.`;

/** @returns 0; 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const [command, ...rest] = words;
  const { dataFolder, configFolder } = readEnvironment(io.environment, false);
  const folder = logKeyFolder(dataFolder);
  const language = environmentLanguage(io.environment);
  if (command === 'public' && rest.length === 0) {
    printLines(io.stdout, verifierKeysOf(originOf(deploymentIn(configFolder), rollShard), readLogKeys(folder)));
    return 0;
  }
  if (command === 'rotate' && rest.length === 0) {
    printLines(io.stdout, [`${rotated[language]} ${join(folder, addLogKey(folder))}`]);
    return 0;
  }
  if (command === 'periods' && (rest.length === 0 || rest[0] === 'delete')) return periods.run(rest, io);
  const [file] = rest;
  if (command === 'new' && file !== undefined && rest.length === 1) {
    if (!writeSecretFile(file, newLogKey())) throw new OperatorError(there(file));
    printLines(io.stdout, [file]);
    return 0;
  }
  printLines(io.stderr, [usage]);
  return 2;
}

/** Read by itself: the rest of config refers to secrets that this command has no use for. */
function deploymentIn(configFolder: string): string {
  const path = join(configFolder, 'stile.yaml');
  try {
    const { deployment } = parse(readFileSync(path, 'utf8')) as { readonly deployment?: unknown };
    if (typeof deployment === 'string' && deployment !== '') return deployment;
  } catch {
    // Said below, whatever is wrong with it.
  }
  throw new OperatorError({
    zh: `无法从 ${path} 读到 deployment；stile check 可列出错误。`,
    en: `${path} does not tell the deployment; stile check lists what is wrong.`,
  });
}

const rotated: Text = {
  zh: '已添加密钥；旧密钥仍一同签署，请勿删除，直至核验方都已换用新密钥：',
  en: 'Added a key. The old ones go on signing with it: keep them until all who verify have the new one.',
};

const there = (file: string): Text => ({
  zh: `${file} 已存在，未改动。`,
  en: `${file} is there already; it was left as it is.`,
});
