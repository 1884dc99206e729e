/** `stile check`: every fault of config and schemas at once, by the loader that serves, so that what passes here starts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fault } from '../registry/fault.js';
import { loadRegistry } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import type { Language } from '../text.js';
import { displayWidth, harmless, harmlessJson } from './display.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile check [DIR] [--resolve] [--json] [--language zh|en]

  DIR         the folder that holds config/ and schemas/ (the current one; STILE_CONFIG and STILE_SCHEMAS name others)
  --resolve   also demand every environment variable and file that config refers to
  --json      one JSON object, for machines; texts in both languages
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides`;

interface Wish {
  readonly folder: string | undefined;
  readonly resolve: boolean;
  readonly json: boolean;
  readonly language: Language | undefined;
}

/** @returns 0 when there is no fault, 1 when there is any, 2 for wrong arguments */
export async function run(words: string[]): Promise<number> {
  const wish = parse(words);
  if (wish === undefined) {
    console.error(usage);
    return 2;
  }
  const folders = foldersOf(wish.folder, process.env);
  const { registry, faults } = await loadRegistry({
    ...folders,
    ...(wish.resolve ? { environment: process.env } : {}),
  });
  if (wish.json) console.log(harmlessJson({ registry: registry?.digest ?? null, faults }, 2));
  else {
    const terminal = terminalOf(process.stdout, process.env, wish.language);
    console.log(registry === undefined ? faultText(faults, terminal) : soundText(registry, folders, terminal));
  }
  return registry === undefined ? 1 : 0;
}

function parse(words: string[]): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { resolve: { type: 'boolean' }, json: { type: 'boolean' }, language: { type: 'string' } },
  });
  const { resolve = false, json = false, language } = values;
  if (positionals.length > 1 || (language !== undefined && language !== 'zh' && language !== 'en')) return undefined;
  return { folder: positionals[0], resolve, json, language };
}

interface Folders {
  readonly configFolder: string;
  readonly schemasFolder: string;
}

/** A folder with stile.yaml is taken for config itself: whoever names it means what is in it. */
function foldersOf(folder: string | undefined, environment: Readonly<Record<string, string | undefined>>): Folders {
  const { STILE_CONFIG: configFolder = 'config', STILE_SCHEMAS: schemasFolder = 'schemas' } = environment;
  if (folder === undefined) return { configFolder, schemasFolder };
  if (!existsSync(join(folder, 'stile.yaml'))) {
    return { configFolder: join(folder, 'config'), schemasFolder: join(folder, 'schemas') };
  }
  return { configFolder: folder, schemasFolder: environment.STILE_SCHEMAS ?? join(folder, '..', 'schemas') };
}

/** A fault, of whichever rules. */
export type Told = Omit<Fault, 'rule'>;

/** One line a fault, `file:line:column pointer: what is wrong; what would be right`, and a last line that counts them. */
export function faultText(faults: readonly Told[], terminal: Terminal): string {
  const files = new Set(faults.map(({ file }) => file)).size;
  const count = {
    zh: `${files} 个文件共 ${faults.length} 处错误`,
    en: `${counted(faults.length, 'fault')} in ${counted(files, 'file')}`,
  }[terminal.language];
  return [...faults.map(fault => faultLine(fault, terminal)), '', paint(count, 'bold', terminal)].join('\n');
}

const marks = { zh: ['：', '；'], en: [': ', '; '] } as const;

/** Where the terminal is too narrow for the line, it is broken at its two marks, as a terminal would break it anywhere. */
export function faultLine({ file, line, column, pointer, message, fix }: Told, terminal: Terminal): string {
  const { language, width } = terminal;
  const [colon, semicolon] = marks[language];
  const place = `${harmless(file)}:${line}:${column}`;
  const within = pointer === '' ? '' : ` ${harmless(pointer)}`;
  const wrong = harmless(message[language]);
  const right = harmless(fix[language]);
  const narrow = width !== undefined && displayWidth(`${place}${within}${colon}${wrong}${semicolon}${right}`) > width;
  const gap = (mark: string): string => (narrow ? `${mark.trimEnd()}\n  ` : mark);
  return [
    paint(place, 'cyan', terminal),
    paint(within, 'dim', terminal),
    gap(colon),
    paint(wrong, 'red', terminal),
    gap(semicolon),
    paint(right, 'green', terminal),
  ].join('');
}

function soundText(registry: Registry, { configFolder, schemasFolder }: Folders, terminal: Terminal): string {
  const { departments, clients, services, purposes, digest } = registry;
  const sound = {
    zh: `${configFolder} 与 ${schemasFolder} 没有错误`,
    en: `No fault in ${configFolder} and ${schemasFolder}`,
  }[terminal.language];
  const holds = {
    zh: `${departments.size} 个部门，${clients.size} 个调用系统，${services.size} 个数据服务，${purposes.size} 个用途`,
    en: [
      counted(departments.size, 'department'),
      counted(clients.size, 'client'),
      counted(services.size, 'service'),
      counted(purposes.size, 'purpose'),
    ].join(', '),
  }[terminal.language];
  return [paint(harmless(sound), 'green', terminal), holds, paint(`registry ${digest}`, 'dim', terminal)].join('\n');
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
