/** `stile agreements import`: checks a file's shape here, has the gateway check the rest, and says what became of each agreement. */
import type { AgreementState } from '../agreements/agreement.js';
import { importResult } from '../agreements/import-result.js';
import { type AgreementsRead, readAgreements } from '../registry/agreements-file.js';
import { rule } from '../registry/fault.js';
import type { Text } from '../text.js';
import { stateText } from './agreement-lines.js';
import type { Failure } from './answer.js';
import type { Api } from './api.js';
import { harmless, harmlessJson } from './display.js';
import { faultLine, faultText } from './fault-text.js';
import { paint, type Terminal } from './terminal.js';

interface Imported {
  readonly id: string;
  readonly version: number;
  readonly state: AgreementState;
  readonly result: keyof typeof importResult;
  readonly record?: string;
}

/** @returns the exit code */
export async function importFile(file: string, api: Api, json: boolean, terminal: Terminal): Promise<number> {
  const read = readAgreements(file);
  if (read.faults.length > 0) {
    console.error(faultText(read.faults, terminal));
    return 1;
  }
  const answer = await api.post('/operate/agreements', { agreements: read.agreements });
  if (!answer.ok) {
    for (const line of failureLines(answer, read, terminal)) console.error(line);
    return 1;
  }
  for (const each of read.unsafe) console.error(faultLine(each, terminal));
  const { agreements } = answer.body as { readonly agreements: readonly Imported[] };
  if (json) console.log(harmlessJson(answer.body, 2));
  else for (const each of agreements) console.log(importedLine(each, terminal));
  return 0;
}

/** What the gateway found wrong, by its place in the file. */
function failureLines({ lines, violations }: Failure, read: AgreementsRead, terminal: Terminal): readonly string[] {
  if (violations === undefined) return lines;
  const [title = '', ...rest] = lines;
  const found = violations.map(({ pointer, message }) => {
    const [, index, within = ''] = /^\/agreements\/(\d+)(.*)$/.exec(pointer) ?? [];
    if (index === undefined) return `${pointer}: ${message}`;
    const text = { zh: message, en: message };
    const finding = { rule: rule.wrongValue, pointer: within, message: text, fix: text };
    const { file, line, column } = read.fault(Number(index), finding);
    return `${paint(`${harmless(file)}:${line}:${column}`, 'cyan', terminal)} ${paint(within, 'dim', terminal)}: ${message}`;
  });
  return [title, ...found, ...rest.slice(violations.length)];
}

function importedLine({ id, version, state, result, record }: Imported, terminal: Terminal): string {
  const said = results[result][terminal.language]
    .replace('%1', String(version))
    .replace('%2', stateText(state, terminal.language));
  const look = result === importResult.unchanged ? 'dim' : 'green';
  return `${paint(id, look, terminal)}  ${said}${record === undefined ? '' : ` (${record})`}`;
}

const results = {
  made: { zh: '已新建，版本 %1，%2', en: 'made, version %1, %2' },
  changed: { zh: '已变更，版本 %1，%2', en: 'changed, version %1, %2' },
  unchanged: { zh: '没有变化，版本 %1，%2', en: 'unchanged, version %1, %2' },
} satisfies Record<keyof typeof importResult, Text>;
