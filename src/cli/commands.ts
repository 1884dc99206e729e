/** Which subcommands `stile` has, each a file of its own beside this one: what the overview, "did you mean" and completion know. */
import type { Text } from '../text.js';

export interface Command {
  readonly usage: string;
  /** @returns the exit code */
  run(values: string[]): Promise<number>;
}

export interface CommandEntry {
  readonly summary: Text;
  /** Loaded when asked for: a command that prints one line should not wait for the gateway's code. */
  load(): Promise<Command>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  start: {
    summary: {
      zh: '启动网关；--sandbox 同时启动示例部门',
      en: 'the gateway; with --sandbox also the sample departments',
    },
    load: () => import('./start.js'),
  },
  sandbox: {
    summary: { zh: '仅启动示例部门的系统', en: "the sample departments' systems alone" },
    load: () => import('./sandbox.js'),
  },
  init: {
    summary: { zh: '新建一个部署的目录', en: 'makes the folder of a new deployment' },
    load: () => import('./init.js'),
  },
  department: {
    summary: { zh: '新建一个部门的文件', en: "makes a new department's file" },
    load: () => import('./department.js'),
  },
  check: {
    summary: { zh: '列出配置与契约的全部错误', en: 'every fault of config and schemas at once' },
    load: () => import('./check.js'),
  },
  config: {
    summary: { zh: '正在使用的配置，以及文件为何没有生效', en: 'the config in force, and why the files are not' },
    load: () => import('./config.js'),
  },
  plan: {
    summary: {
      zh: '文件与正在使用的配置相比会有何后果',
      en: 'what the files would come to, against the config in force',
    },
    load: () => import('./plan.js'),
  },
  apply: {
    summary: { zh: '使计划的配置生效', en: 'puts a planned config in force' },
    load: () => import('./apply.js'),
  },
  try: {
    summary: { zh: '按配置文件试做一次交换', en: 'one exchange against the files, step by step' },
    load: () => import('./try.js'),
  },
  rollback: {
    summary: { zh: '回退到前一份配置', en: 'puts the config before in force again' },
    load: () => import('./rollback.js'),
  },
  fmt: {
    summary: { zh: '统一配置与契约的排版', en: 'lays config and contracts out in one way' },
    load: () => import('./fmt.js'),
  },
  contracts: {
    summary: { zh: '判断契约的改动会影响谁', en: 'judges changed contracts: what breaks, and whom' },
    load: () => import('./contracts.js'),
  },
  import: {
    summary: { zh: '由部门的 OpenAPI 文档生成数据服务', en: "makes services of a department's OpenAPI document" },
    load: () => import('./import.js'),
  },
  adapter: {
    summary: { zh: '新建部门自己的适配器模块', en: "makes a department's own adapter module" },
    load: () => import('./adapter.js'),
  },
  adapters: {
    summary: { zh: '各部门系统的状况', en: "how departments' systems stand" },
    load: () => import('./adapters.js'),
  },
  token: {
    summary: { zh: '获取令牌', en: 'prints a token' },
    load: () => import('./token.js'),
  },
  agreements: {
    summary: { zh: '导入、查看与中止共享协议', en: 'imports, lists, shows and suspends agreements' },
    load: () => import('./agreements.js'),
  },
  audit: {
    summary: { zh: '检索与跟踪台账', en: 'searches and follows the ledger' },
    load: () => import('./audit.js'),
  },
  usage: {
    summary: { zh: '谁还在调用一个数据服务', en: 'who still calls a service' },
    load: () => import('./usage.js'),
  },
  ledger: {
    summary: { zh: '核对、归档与核验台账', en: 'holds lists against the ledger, archives and verifies it' },
    load: () => import('./ledger.js'),
  },
  keys: {
    summary: {
      zh: '签署台账的密钥与各月密钥',
      en: "the keys that sign the ledger's checkpoints, and those of its months",
    },
    load: () => import('./keys.js'),
  },
  store: {
    summary: { zh: '存储库的地址，供 psql 与 pg_dump 使用', en: 'where the store is, for psql and pg_dump' },
    load: () => import('./store.js'),
  },
  witness: {
    summary: { zh: '为其他部门的台账作见证', en: "cosigns other departments' ledgers" },
    load: () => import('./witness.js'),
  },
  completion: {
    summary: { zh: '命令行补全', en: 'completion for bash, zsh and fish' },
    load: () => import('./completion.js'),
  },
};
