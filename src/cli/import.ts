/** `stile import openapi`: makes services of the operations that a department's own description of its system has. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { departmentFile } from '../import/department-file.js';
import { type Flag, type OpenApi, type Operation, readOpenApi } from '../import/document.js';
import { type ImportedService, importOperation } from '../import/service.js';
import { importSettings } from '../import/settings.js';
import { OperatorError } from '../operator-error.js';
import { nearest } from '../registry/nearest.js';
import { isSchema } from '../registry/schema-store.js';
import { readSource, type Source } from '../registry/source.js';
import type { Language, Text } from '../text.js';
import { harmless } from './display.js';
import { faultLine, faultText } from './fault-text.js';
import { type Io, printLines, processIo } from './io.js';
import { lineDiff } from './line-diff.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile import openapi FILE --department ID [--operation ID]… [--adapter ID] [--into DIR] [--write]

  FILE          an OpenAPI 3.0 or 3.1 document, JSON or YAML; references within it only
  --department  whose services they become; its file is made when there is none
  --operation   an operationId, or "get /path"; all of them unless named
  --adapter     id of the adapter that asks (openapi)
  --into        the folder that holds config/ and schemas/ (the current one)
  --write       also change files that are there already; without it their differences are shown and nothing is written
  --language    zh or en; otherwise LC_ALL, LC_MESSAGES or LANG decides`;

interface Wish {
  readonly file: string;
  readonly department: string;
  readonly operations: readonly string[];
  readonly adapter: string;
  readonly into: string;
  readonly write: boolean;
  readonly language: Language | undefined;
}

/** A file as it is to be. */
interface Target {
  readonly file: string;
  readonly before: string | undefined;
  readonly after: string;
}

/** @returns 0 when the files are as they should be, 1 when nothing was written, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const wish = parse(words);
  if (wish === undefined) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const terminal = terminalOf(io.stdout, io.environment, wish.language);
  const source = read(wish.file);
  if (source.faults.length > 0) {
    printLines(io.stderr, [faultText(source.faults, terminal)]);
    return 1;
  }
  const document = readOpenApi(source.value);
  if (document === undefined) throw new OperatorError(noDocument(wish.file));
  const chosen = choose(document, wish.operations);
  const { targets, flags } = plan(document, chosen, wish);
  printLines(io.stdout, flagLines(flags, source, terminal));
  return settle(targets, wish.write, io, terminal);
}

function parse(words: string[]): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      department: { type: 'string' },
      operation: { type: 'string', multiple: true },
      adapter: { type: 'string' },
      into: { type: 'string' },
      write: { type: 'boolean' },
      language: { type: 'string' },
    },
  });
  const { department = '', operation = [], adapter = 'openapi', into = '.', write = false, language } = values;
  const [kind, file, ...more] = positionals;
  if (kind !== 'openapi' || file === undefined || more.length > 0) return undefined;
  if (!isId(department) || !isId(adapter)) return undefined;
  if (language !== undefined && language !== 'zh' && language !== 'en') return undefined;
  return { file, department, operations: operation, adapter, into, write, language };
}

const isId = (text: string): boolean => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && text.length <= 63;

function read(file: string): Source {
  try {
    return readSource(file, readFileSync(file));
  } catch {
    throw new OperatorError({ zh: `读不到 ${file}`, en: `${file} cannot be read` });
  }
}

function choose({ operations }: OpenApi, wanted: readonly string[]): readonly Operation[] {
  if (wanted.length === 0) return operations;
  return wanted.map(id => {
    const found = operations.find(each => each.id === id || `${each.method} ${each.path}` === id);
    if (found === undefined)
      throw new OperatorError(
        noOperation(
          id,
          nearest(
            id,
            operations.map(each => each.id),
          ),
        ),
      );
    return found;
  });
}

function plan(document: OpenApi, operations: readonly Operation[], wish: Wish) {
  const { department, adapter, into } = wish;
  const services: ImportedService[] = [];
  const lost: Flag[] = [];
  for (const operation of operations) {
    const { service, flags } = importOperation(document, operation, department, adapter);
    lost.push(...flags);
    if (service === undefined) continue;
    if (services.every(({ key }) => key !== service.key)) services.push(service);
    else lost.push({ pointer: operation.pointer, ...sameName(service.key) });
  }
  const { settings, flags } = importSettings(document, department);
  const { info } = document.whole;
  const title = isSchema(info) && typeof info.title === 'string' ? info.title : department;
  const file = join(into, 'config', 'departments', `${department}.yaml`);
  const before = textOf(file);
  const after = departmentFile(before, { department, adapter, settings, services, title });
  const targets = [...services.flatMap(service => contractFiles(service, wish)), { file, before, after }];
  return { targets, flags: [oneLanguage, ...document.flags, ...flags, ...lost] };
}

const contractFiles = ({ key, request, reply }: ImportedService, { department, into }: Wish): Target[] =>
  Object.entries({ request, reply }).map(([half, schema]) => {
    const file = join(into, 'schemas', department, key, `${half}.json`);
    return { file, before: textOf(file), after: `${JSON.stringify(schema, null, 2)}\n` };
  });

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Writes what may be written: all of it, or nothing where somebody's file would change unasked. */
function settle(targets: readonly Target[], write: boolean, io: Io, terminal: Terminal): number {
  const changed = targets.filter(({ before, after }) => before !== after);
  const edited = changed.filter(({ before }) => before !== undefined);
  for (const { file, before = '', after } of edited) {
    printLines(io.stdout, [
      '',
      paint(harmless(file), 'bold', terminal),
      ...lineDiff(before, after).map(line => diffLine(line, terminal)),
    ]);
  }
  if (edited.length > 0 && !write) {
    printLines(io.stderr, ['', needsWrite[terminal.language]]);
    return 1;
  }
  for (const { file, after } of changed) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, after);
  }
  const text = changed.length === 0 ? nothing : written(changed.length);
  printLines(io.stdout, [paint(text[terminal.language], 'green', terminal)]);
  return 0;
}

const diffLine = (line: string, terminal: Terminal): string =>
  paint(harmless(line), line.startsWith('+') ? 'green' : line.startsWith('-') ? 'red' : 'dim', terminal);

/** One line for each, and how many there are. */
const flagLines = (flags: readonly Flag[], source: Source, terminal: Terminal): string[] => [
  ...flags.map(flag => faultLine({ ...source.place(flag.pointer), ...flag }, terminal)),
  '',
  paint(told(flags.length)[terminal.language], 'bold', terminal),
];

const told = (count: number): Text => ({
  zh: `${count} 处没有原样带入`,
  en: `${count} ${count === 1 ? 'thing is' : 'things are'} not carried over as they are`,
});
const oneLanguage: Flag = {
  pointer: '/info',
  message: {
    zh: '文档只有一种语言，名称与标题两处相同',
    en: 'the document has one language, so names and titles say the same twice',
  },
  fix: { zh: '在部门文件里译出另一种', en: "translate them in the department's file" },
};
const sameName = (key: string) => ({
  message: { zh: `已有操作成为 ${key}，未导入`, en: `another operation became ${key}, so it is not imported` },
  fix: { zh: '为它写另一个 operationId', en: 'give it another operationId' },
});
const noDocument = (file: string): Text => ({
  zh: `${file} 不是 OpenAPI 3.0 或 3.1 文档。`,
  en: `${file} is no OpenAPI document of version 3.0 or 3.1.`,
});
const noOperation = (id: string, meant: string | undefined): Text => ({
  zh: `文档里没有操作 ${id}。${meant === undefined ? '' : `是不是 ${meant}？`}`,
  en: `The document has no operation ${id}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
});
const needsWrite: Text = {
  zh: '以上文件已存在且会改变，什么都没有写；确认后加 --write。',
  en: 'These files are there and would change, so nothing was written; add --write if that is right.',
};
const nothing: Text = { zh: '没有变化。', en: 'Nothing has changed.' };
const written = (count: number): Text => ({
  zh: `已写 ${count} 个文件；请运行 stile check，并为契约标明数据主体与敏感程度。`,
  en: `${count} files written. Run stile check, and mark in the contracts whom fields name and how sensitive they are.`,
});
