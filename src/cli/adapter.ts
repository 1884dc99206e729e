/** `stile adapter new`: a department's own adapter module, for what config cannot say. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.js';
import { shippedAdapters } from '../registry/adapter-kinds.js';
import { root } from '../root.js';
import { adapterFiles } from '../scaffold/adapter.js';
import { type Io, printLines, processIo } from './io.js';
import { makeAndTell } from './made-files.js';
import { terminalOf } from './terminal.js';

export const usage = `stile adapter new KIND [--into DIR] [--language zh|en]

  KIND        what config will call it, kebab-case; the module is adapters/own/KIND.ts
  --into      a checkout of Stile's sources (this one)
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides

Makes a module that works, with schemas, a sample system and a test: make of them what the department's system speaks.`;

/** @returns 0 when the files are there, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { into: text, language: text },
  });
  const { into = root, language } = values;
  const [verb, kind = '', ...more] = positionals;
  if (verb !== 'new' || more.length > 0 || (language !== undefined && language !== 'zh' && language !== 'en')) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(kind) || kind.length > 63) throw new OperatorError(wrongKind);
  if (shippedAdapters.some(module => module.kind === kind)) throw new OperatorError(taken(kind));
  if (!existsSync(join(into, 'adapters', 'adapter.ts'))) throw new OperatorError(noSources(into));
  const steps = [
    {
      text: { zh: '编译并检查', en: 'compile and check' },
      command: 'npm run check && npm run build',
    },
    {
      text: { zh: '对照示例系统运行它的测试', en: 'run its test, against the sample system' },
      command: `node build/test/adapters/own/${kind}.test.js`,
    },
    {
      text: {
        zh: `改写 adapters/own/${kind}.ts 与示例系统，使其与部门系统一致；在部门文件中写 kind: ${kind}`,
        en: `make adapters/own/${kind}.ts and the sample system speak as the real one does; then write kind: ${kind} in the department's file`,
      },
    },
  ];
  makeAndTell(adapterFiles(into, kind), steps, io, terminalOf(io.stdout, io.environment, language));
  return 0;
}

const wrongKind = {
  zh: '适配器名称应为小写字母、数字与连字符（kebab-case）；见 stile adapter --help。',
  en: 'the kind should be kebab-case: see stile adapter --help.',
};
const taken = (kind: string) => ({
  zh: `${kind} 是 Stile 自带的适配器`,
  en: `${kind} is a module that comes with Stile`,
});
const noSources = (folder: string) => ({
  zh: `${folder} 不是 Stile 的源码目录；模块须与 Stile 一起编译。`,
  en: `${folder} holds no sources of Stile, with which a module is compiled: name a checkout by --into.`,
});
