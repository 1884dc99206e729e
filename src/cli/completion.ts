/** `stile completion`: a script by which a shell completes `stile`, made of the commands' own usages. */
import { commands } from './commands.js';
import { bashScript } from './completion-bash.js';
import { fishScript } from './completion-fish.js';
import { type Words, wordsOf } from './completion-words.js';
import { type Io, printLines, processIo } from './io.js';

export const usage = `stile completion bash
stile completion zsh
stile completion fish

  Prints a script for the shell to read when it starts. Departments and services are those of the folder one is in, or of
  STILE_CONFIG and STILE_SCHEMAS.

  bash   in ~/.bashrc: source <(stile completion bash)
  zsh    in ~/.zshrc, after compinit: source <(stile completion zsh)
  fish   stile completion fish > ~/.config/fish/completions/stile.fish`;

/** The words of every command, by its name. */
export type CommandWords = ReadonlyMap<string, Words>;

const scripts: Readonly<Record<string, (words: CommandWords) => string>> = {
  bash: bashScript,
  // zsh reads bash's completions, in the words of its own manual (zshcompsys, bashcompinit).
  zsh: words => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`,
  fish: fishScript,
};

/** @returns 0; 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const [shell = '', ...more] = words;
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined || more.length > 0) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const entries = await Promise.all(
    Object.entries(commands).map(async ([name, { load }]) => [name, wordsOf(name, (await load()).usage)] as const),
  );
  printLines(io.stdout, [script(new Map(entries))]);
  return 0;
}
