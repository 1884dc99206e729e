/** What an operator's command begins with that takes nothing but how it is to print: its wishes, the terminal, and the gateway's API. */
import { parseArgs } from 'node:util';
import { role } from '../identity/principal.js';
import { type Api, openApi } from './api.js';
import { type Io, printLines } from './io.js';
import { type Terminal, terminalOf } from './terminal.js';

export interface OperatorCall {
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly api: Api;
}

/** @returns undefined once the usage was printed, for arguments that are none */
export function operatorCall(words: string[], usage: string, io: Io): OperatorCall | undefined {
  const { values } = parseArgs({ args: words, options: { json: { type: 'boolean' }, language: { type: 'string' } } });
  const { json = false, language } = values;
  if (language !== undefined && language !== 'zh' && language !== 'en') {
    printLines(io.stderr, [usage]);
    return undefined;
  }
  const { environment, ended } = io;
  const terminal = terminalOf(io.stdout, environment, language);
  return { json, terminal, api: openApi({ language: terminal.language, staff: role.operator, environment, ended }) };
}
