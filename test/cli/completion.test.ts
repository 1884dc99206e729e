/** Completion in real shells: what each offers after some words, in a folder with config. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { commands } from '../../src/cli/commands.js';
import { run } from '../../src/cli/completion.js';
import { wordsOf } from '../../src/cli/completion-words.js';
import { deployment } from '../registry/deployment.js';
import { terminalLike } from './audit-terminal.js';

async function script(shell: string): Promise<string> {
  const io = terminalLike({});
  if ((await run([shell], io)) !== 0) throw new Error(io.err());
  return io.out();
}

/** A deployment whose folder also has a department's file that would run a command, were its name ever expanded. */
function folderOf(t: Test): string {
  const folder = deployment(t);
  writeFileSync(join(folder, 'config', 'departments', '$(touch pwned).yaml'), '');
  mkdirSync(join(folder, 'archive of July'));
  return folder;
}

const shells = {
  bash: (text: string, words: readonly string[]) => [
    'bash',
    '--norc',
    '-c',
    `${text}\nCOMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))\n_stile\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  zsh: (text: string, words: readonly string[]) => [
    'zsh',
    '-f',
    '-c',
    `autoload -U compinit && compinit -D -u\n${text}\nemulate sh\nCOMP_WORDS=(${words.map(word => `'${word}'`).join(' ')})\nCOMP_CWORD=$((\${#COMP_WORDS[@]} - 1))\n_stile\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  fish: (text: string, words: readonly string[]) => [
    'fish',
    '--no-config',
    '-c',
    `${text}\ncomplete -C '${words.join(' ')}'`,
  ],
} as const;

for (const [shell, lineOf] of Object.entries(shells)) {
  t.test(shell, async t => {
    if (spawnSync(shell, ['--version']).error !== undefined) {
      t.comment(`${shell} is not installed here: its completion is not tried`);
      return;
    }
    const folder = folderOf(t);
    const text = await script(shell);
    const offered = (...words: string[]): string[] => {
      const [program = '', ...parameters] = lineOf(text, words);
      const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' };
      const out = execFileSync(program, parameters, { cwd: folder, env, encoding: 'utf8' });
      return out
        .split('\n')
        .map(line => line.split('\t')[0] ?? '')
        .filter(line => line !== '')
        .sort();
    };
    t.same(offered('stile', 'che'), ['check']);
    t.same(
      offered('stile', 'a'),
      Object.keys(commands)
        .filter(name => name.startsWith('a'))
        .sort(),
    );
    t.same(offered('stile', 'check', '--s'), ['--strict']);
    t.same(offered('stile', 'check', '--format', 's'), ['sarif']);
    t.same(offered('stile', 'check', '--language', ''), ['en', 'zh']);
    t.ok(offered('stile', 'agreements', '').includes('suspend'));
    t.same(offered('stile', 'agreements', 'suspend', 'list'), [], 'a verb is offered once');
    t.same(offered('stile', 'import', 'openapi', 'x.json', '--department', 'h'), ['housing']);
    t.same(offered('stile', 'usage', 'civil'), ['civil-affairs/marriage-status/v1']);
    t.ok(offered('stile', 'import', 'openapi', 'x.json', '--department', '').includes('$(touch pwned)'));
    t.notOk(existsSync(join(folder, 'pwned')), 'no name of a file is ever run');
    t.match(offered('stile', 'ledger', 'verify', 'archive').join('\n'), /archive of July|archive\\ of\\ July/);
  });
}

t.test('every command has its words, from its own usage', async t => {
  for (const [name, { load }] of Object.entries(commands)) {
    const { usage } = await load();
    const { options } = wordsOf(name, usage);
    t.ok(options.has('--help'), name);
    for (const [option] of usage.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)) t.ok(options.has(option), `${name} ${option}`);
  }
  const { usage } = (await commands.ledger?.load()) ?? { usage: '' };
  t.same(wordsOf('ledger', usage).verbs, ['archive', 'drop', 'erase', 'hold', 'reconcile', 'shards', 'verify']);
});

t.test('a shell that is none', async t => {
  const io = terminalLike({});
  t.equal(await run(['csh'], io), 2);
  t.match(io.err(), /stile completion bash/);
});
