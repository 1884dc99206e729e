/** The `stile` command: finds the subcommand, each a file of its own under cli/, and hands it its arguments. */
import { harmless } from './cli/display.js';
import { environmentLanguage } from './cli/terminal.js';
import { OperatorError } from './operator-error.js';
import { nearest } from './registry/nearest.js';
import type { Text } from './text.js';

interface Command {
  readonly usage: string;
  /** @returns the exit code */
  run(values: string[]): Promise<number>;
}

interface Entry {
  readonly summary: Text;
  /** Loaded when asked for: a command that prints one line should not wait for the gateway's code. */
  load(): Promise<Command>;
}

const commands: Readonly<Record<string, Entry>> = {
  start: {
    summary: {
      zh: '启动网关；--sandbox 同时启动示例部门',
      en: 'the gateway; with --sandbox also the sample departments',
    },
    load: () => import('./cli/start.js'),
  },
  sandbox: {
    summary: { zh: '仅启动示例部门的系统', en: "the sample departments' systems alone" },
    load: () => import('./cli/sandbox.js'),
  },
  init: {
    summary: { zh: '新建一个部署的目录', en: 'makes the folder of a new deployment' },
    load: () => import('./cli/init.js'),
  },
  department: {
    summary: { zh: '新建一个部门的文件', en: "makes a new department's file" },
    load: () => import('./cli/department.js'),
  },
  check: {
    summary: { zh: '列出配置与契约的全部错误', en: 'every fault of config and schemas at once' },
    load: () => import('./cli/check.js'),
  },
  contracts: {
    summary: { zh: '判断契约的改动会影响谁', en: 'judges changed contracts: what breaks, and whom' },
    load: () => import('./cli/contracts.js'),
  },
  import: {
    summary: { zh: '由部门的 OpenAPI 文档生成数据服务', en: "makes services of a department's OpenAPI document" },
    load: () => import('./cli/import.js'),
  },
  adapters: {
    summary: { zh: '各部门系统的状况', en: "how departments' systems stand" },
    load: () => import('./cli/adapters.js'),
  },
  token: {
    summary: { zh: '获取令牌', en: 'prints a token' },
    load: () => import('./cli/token.js'),
  },
  agreements: {
    summary: { zh: '导入、查看与中止共享协议', en: 'imports, lists, shows and suspends agreements' },
    load: () => import('./cli/agreements.js'),
  },
  audit: {
    summary: { zh: '检索与跟踪台账', en: 'searches and follows the ledger' },
    load: () => import('./cli/audit.js'),
  },
  usage: {
    summary: { zh: '谁还在调用一个数据服务', en: 'who still calls a service' },
    load: () => import('./cli/usage.js'),
  },
  ledger: {
    summary: { zh: '核对、归档与核验台账', en: 'holds lists against the ledger, archives and verifies it' },
    load: () => import('./cli/ledger.js'),
  },
  keys: {
    summary: {
      zh: '签署台账的密钥与各月密钥',
      en: "the keys that sign the ledger's checkpoints, and those of its months",
    },
    load: () => import('./cli/keys.js'),
  },
  store: {
    summary: { zh: '存储库的地址，供 psql 与 pg_dump 使用', en: 'where the store is, for psql and pg_dump' },
    load: () => import('./cli/store.js'),
  },
  witness: {
    summary: { zh: '为其他部门的台账作见证', en: "cosigns other departments' ledgers" },
    load: () => import('./cli/witness.js'),
  },
};

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
