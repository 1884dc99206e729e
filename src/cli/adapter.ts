/** `stile adapter new`: a department's own adapter module, for what config cannot say. */
import { parseArgs } from 'node:util';
import { OperatorError } from '../operator-error.js';
import { shippedAdapters } from '../registry/adapter-kinds.js';
import { root } from '../root.js';
import { adapterFiles } from '../scaffold/adapter.js';
import { isCheckout, referToOwnKinds, writeEditorSchemas } from '../scaffold/editor-schemas.js';
import type { Text } from '../text.js';
import { type Io, printLines, processIo } from './io.js';
import { makeAndTell } from './made-files.js';
import { type Terminal, terminalOf } from './terminal.js';

export const usage = `stile adapter new KIND [--into DIR] [--language zh|en]
       stile adapter schemas [DIR] [--language zh|en]

  KIND        what config will call it, kebab-case; the module is adapters/own/KIND.ts
  --into      a checkout of Stile's sources (this one)
  DIR         the folder that holds config/ and schemas/ (the current one)
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides

new makes a module that works, with schemas, a sample system and a test: make of them what the department's system speaks.
schemas writes schemas/stile/ anew, by which editors complete config: as this version of Stile has them, with the kinds in adapters/own/.`;

/** @returns 0 when the files are there, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { into: text, language: text },
  });
  const { into = root, language } = values;
  const [verb, named, ...more] = positionals;
  const isKnown = verb === 'new' || (verb === 'schemas' && values.into === undefined);
  if (!isKnown || more.length > 0 || (language !== undefined && language !== 'zh' && language !== 'en')) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const terminal = terminalOf(io.stdout, io.environment, language);
  if (verb === 'schemas') printLines(io.stdout, [writeSchemas(named ?? '.')[terminal.language]]);
  else makeModule(named ?? '', into, io, terminal);
  return 0;
}

/** @returns what there is to tell of it */
function writeSchemas(folder: string): Text {
  const written = isCheckout(folder) ? Number(referToOwnKinds(folder)) : writeEditorSchemas(folder);
  if (written === undefined) throw new OperatorError(noSchemas(folder));
  return writtenText(written);
}

function makeModule(kind: string, into: string, io: Io, terminal: Terminal): void {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(kind) || kind.length > 63) throw new OperatorError(wrongKind);
  if (shippedAdapters.some(module => module.kind === kind)) throw new OperatorError(taken(kind));
  if (!isCheckout(into)) throw new OperatorError(noSources(into));
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
        zh: '在部署目录中更新编辑器所用的模式',
        en: 'have editors know it in the folder of a deployment',
      },
      command: 'npx stile adapter schemas',
    },
    {
      text: {
        zh: `改写 adapters/own/${kind}.ts 与示例系统，使其与部门系统一致；在部门文件中写 kind: ${kind}`,
        en: `make adapters/own/${kind}.ts and the sample system speak as the real one does; then write kind: ${kind} in the department's file`,
      },
    },
  ];
  makeAndTell(adapterFiles(into, kind), steps, io, terminal);
  referToOwnKinds(into);
}

const noSchemas = (folder: string) => ({
  zh: `${folder} 下没有 schemas/stile；先用 stile init 建立部署。`,
  en: `${folder} has no schemas/stile: make a deployment with stile init first.`,
});
const writtenText = (count: number): Text => ({
  zh: count === 0 ? '没有变化' : `已写 ${count} 个模式`,
  en: count === 0 ? 'Nothing has changed' : `${count} ${count === 1 ? 'schema' : 'schemas'} written`,
});

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
