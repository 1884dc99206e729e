/** The `stile` command: finds the subcommand, each a file of its own under cli/, and hands it its arguments. */
import { environmentLanguage } from './cli/terminal.js';

interface Command {
  readonly usage: string;
  /** @returns the exit code */
  run(values: string[]): Promise<number>;
}

/** Loaded when asked for: a command that prints one line should not wait for the gateway's code. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  agreements: () => import('./cli/agreements.js'),
  audit: () => import('./cli/audit.js'),
  check: () => import('./cli/check.js'),
  sandbox: () => import('./cli/sandbox.js'),
  token: () => import('./cli/token.js'),
};

/** Exit code for arguments that make no sense, as shells and most commands have it. */
const wrongArguments = 2;

async function main([name, ...values]: string[]): Promise<number> {
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) return overview(name);
  const command = await load();
  if (values.includes('--help') || values.includes('-h')) {
    process.stdout.write(`${command.usage.trimEnd()}\n`);
    return 0;
  }
  try {
    return await command.run(values);
  } catch (error) {
    if (!isArgumentError(error)) throw error;
    process.stderr.write(`${error.message}\n\n${command.usage.trimEnd()}\n`);
    return wrongArguments;
  }
}

/** What there is, asked for or not. */
function overview(name: string | undefined): number {
  const asked = name === undefined || name === '--help' || name === '-h' || name === 'help';
  const text = `stile ${Object.keys(commands).join('|')}\n${overviewText[environmentLanguage(process.env)]}\n`;
  (asked ? process.stdout : process.stderr).write(text);
  return asked ? 0 : wrongArguments;
}

const overviewText = {
  zh: '用法见 stile 子命令 --help。',
  en: 'See stile COMMAND --help for each.',
};

/** Thrown by `parseArgs` for a command's arguments. */
const isArgumentError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_');

process.exitCode = await main(process.argv.slice(2));
