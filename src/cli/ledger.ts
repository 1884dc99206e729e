/** `stile ledger …`: what auditors do with the whole of the ledger; finds the sub-command, each a file of its own. */
import { type Io, printLines, processIo } from './io.js';
import * as archive from './ledger-archive.js';
import * as drop from './ledger-drop.js';
import * as erase from './ledger-erase.js';
import * as hold from './ledger-hold.js';
import * as reconcile from './ledger-reconcile.js';
import * as shards from './ledger-shards.js';
import * as verify from './ledger-verify.js';

interface SubCommand {
  readonly usage: string;
  run(words: readonly string[], io: Io): Promise<number>;
}

const commands: Readonly<Record<string, SubCommand>> = { archive, drop, erase, hold, reconcile, shards, verify };

export const usage = Object.values(commands)
  .map(command => command.usage)
  .join('\n\n');

/** @returns the sub-command's exit code; 1 when there is none of that name, as 2 says that something was found */
export async function run([name = '', ...words]: string[], io: Io = processIo()): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command.run(words, io);
  printLines(io.stderr, [usage]);
  return 1;
}
