/** The `stile` command: finds the subcommand, each a file of its own under cli/, and hands it its arguments. */
import { commands } from './cli/commands.js';
import { harmless } from './cli/display.js';
import { environmentLanguage } from './cli/terminal.js';
import { OperatorError } from './operator-error.js';
import { nearest } from './registry/nearest.js';
import type { Text } from './text.js';

/** Exit code for what went wrong and the operator can mend. */
const failed = 1;
/** Exit code for arguments that make no sense, as shells and most commands have it. */
const wrongArguments = 2;

const language = environmentLanguage(process.env);

async function main([name, ...values]: string[]): Promise<number> {
  const entry = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) return overview(name);
  const command = await entry.load();
  if (values.includes('--help') || values.includes('-h')) {
    process.stdout.write(`${command.usage.trimEnd()}\n`);
    return 0;
  }
  try {
    return await command.run(values);
  } catch (error) {
    if (error instanceof OperatorError) {
      process.stderr.write(`stile ${name}: ${error.text[language]}\n`);
      return failed;
    }
    if (!isArgumentError(error)) throw error;
    process.stderr.write(`${error.message}\n\n${command.usage.trimEnd()}\n`);
    return wrongArguments;
  }
}

/** What there is, asked for or not. */
function overview(name: string | undefined): number {
  const asked = name === undefined || name === '--help' || name === '-h' || name === 'help';
  const lines = Object.entries(commands).map(([each, { summary }]) => `  stile ${each.padEnd(12)}${summary[language]}`);
  const text = `${lines.join('\n')}\n\n${overviewText[language]}\n`;
  (asked ? process.stdout : process.stderr).write(asked ? text : `${unknownText(name)}\n\n${text}`);
  return asked ? 0 : wrongArguments;
}

const overviewText: Text = { zh: '用法见 stile 子命令 --help。', en: 'See stile COMMAND --help for each.' };

function unknownText(name: string): string {
  const unknown = { zh: `没有子命令 ${harmless(name)}。`, en: `There is no command ${harmless(name)}.` };
  const meant = nearest(name, Object.keys(commands));
  if (meant === undefined) return unknown[language];
  const guess = { zh: `是否想用 stile ${meant}？`, en: ` Did you mean stile ${meant}?` };
  return unknown[language] + guess[language];
}

/** Thrown by `parseArgs` for a command's arguments. */
const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

process.exitCode = await main(process.argv.slice(2));
