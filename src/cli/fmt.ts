/** `stile fmt`: lays config and contracts out in one way, so that changes show what was meant and nothing else. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatText } from '../registry/format-text.js';
import type { Text } from '../text.js';
import { foldersOf } from './check.js';
import { harmless } from './display.js';
import { type Io, printLines, processIo } from './io.js';
import { paint, terminalOf } from './terminal.js';

export const usage = `stile fmt [DIR] [--check] [--language zh|en]

  Two columns a level, one blank line at most, texts that are quoted in double quotes; keys keep their order, comments their place.
  What a file says never changes. Stile's own schemas are left alone.

  DIR         the folder that holds config/ and schemas/ (the current one; STILE_CONFIG and STILE_SCHEMAS name others)
  --check     write nothing, and name the files that are laid out otherwise
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides`;

/** @returns 0; 1 when a file has faults, or with --check is laid out otherwise; 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { check: { type: 'boolean' }, language: { type: 'string' } },
  });
  const { check = false, language } = values;
  if (positionals.length > 1 || (language !== undefined && language !== 'zh' && language !== 'en')) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const terminal = terminalOf(io.stdout, io.environment, language);
  const files = filesIn(foldersOf(positionals[0], io.environment));
  const otherwise: string[] = [];
  const faulty: string[] = [];
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const laidOut = formatText(file, text);
    if (laidOut === undefined) faulty.push(file);
    else if (laidOut !== text) {
      otherwise.push(file);
      if (!check) writeFileSync(file, laidOut);
    }
  }
  printLines(io.stdout, [
    ...otherwise.map(harmless),
    paint(summary(otherwise.length, files.length, check)[terminal.language], 'dim', terminal),
  ]);
  const wrong = faulty.map(file => `${harmless(file)}: ${faultyText[terminal.language]}`);
  printLines(io.stderr, wrong);
  return faulty.length > 0 || (check && otherwise.length > 0) ? 1 : 0;
}

/** @throws when a folder is not there */
function filesIn({ configFolder, schemasFolder }: ReturnType<typeof foldersOf>): string[] {
  const below = (folder: string, ends: RegExp): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(path => ends.test(path) && !path.split(/[\\/]/).some(part => part.startsWith('.')))
      .sort()
      .map(path => join(folder, path));
  const own = ['stile', 'vocabulary'].map(name => join(schemasFolder, name, '/'));
  const contracts = below(schemasFolder, /\.json$/).filter(file => !own.some(folder => file.startsWith(folder)));
  return [...below(configFolder, /\.yaml$/), ...contracts];
}

const summary = (count: number, all: number, check: boolean): Text => ({
  zh: `${all} 个文件，${count} 个${check ? '排版不同' : '重新排版'}`,
  en: `${all} files, ${count} ${check ? 'laid out otherwise' : 'laid out anew'}`,
});

const faultyText: Text = {
  zh: '未改动，其中有语法错误，或无法保证注释不失；见 stile check',
  en: 'left as it is: it has faults of syntax, or a comment would be lost; see stile check',
};
