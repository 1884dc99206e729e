/** Says which files a command made, or which are in the way, and what comes next. */
import { OperatorError } from '../operator-error.js';
import { makeFiles, type PlannedFile } from '../scaffold/planned-file.js';
import type { Text } from '../text.js';
import { harmless } from './display.js';
import { type Io, printLines } from './io.js';
import { paint, type Terminal } from './terminal.js';

/** A line of what comes next: what it is for, and the command where there is one. */
export interface NextStep {
  readonly text: Text;
  readonly command?: string;
}

/**
 * Makes the files and tells of them.
 *
 * @throws {OperatorError} when any is in the way, and then nothing was made
 */
export function makeAndTell(files: readonly PlannedFile[], steps: readonly NextStep[], io: Io, terminal: Terminal) {
  const { made, inTheWay } = makeFiles(files);
  if (inTheWay.length > 0) throw new OperatorError(refusal(inTheWay));
  const { language } = terminal;
  const copies = new Set(files.filter(({ copy }) => copy).map(({ file }) => file));
  const told = made.filter(file => !copies.has(file));
  const rest = made.length - told.length;
  printLines(io.stdout, [
    paint((made.length === 0 ? nothing : written(made.length))[language], 'green', terminal),
    ...told.map(file => `  ${harmless(file)}`),
    ...(rest === 0 ? [] : [`  ${more(rest)[language]}`]),
    '',
    paint(next[language], 'bold', terminal),
    ...steps.flatMap(({ text, command }, at) => [
      `  ${at + 1}. ${text[language]}`,
      ...(command === undefined ? [] : [`     ${paint(command, 'cyan', terminal)}`]),
    ]),
  ]);
}

const refusal = (files: readonly string[]): Text => ({
  zh: `以下文件已存在，什么都没有写：${files.join('、')}`,
  en: `nothing was written, as these files are there: ${files.join(', ')}`,
});
const written = (count: number): Text => ({
  zh: `已写 ${count} 个文件`,
  en: `${count} ${count === 1 ? 'file' : 'files'} written`,
});
const nothing: Text = { zh: '没有变化，文件都已在', en: 'Nothing has changed: all files are there' };
const more = (count: number): Text => ({
  zh: `以及 schemas/ 下 ${count} 个 Stile 自己的模式`,
  en: `and ${count} of Stile's own schemas under schemas/`,
});
const next: Text = { zh: '接下来：', en: 'What comes next:' };
