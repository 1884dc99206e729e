/** `stile contracts`: judges changed contracts before they are put in force. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { agreementState } from '../agreements/agreement.js';
import type { AgreementView } from '../agreements/view.js';
import { changeFinding } from '../registry/contract-change/change-finding.js';
import { judgeContracts, type Party } from '../registry/contract-change/judge-contracts.js';
import { type ContractsRead, readContracts } from '../registry/contract-change/read-contracts.js';
import type { Language } from '../text.js';
import type { Failure } from './answer.js';
import { openApi } from './api.js';
import { harmlessJson } from './display.js';
import { faultText } from './fault-text.js';
import { type Io, printLines, processIo } from './io.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile contracts diff OLD NEW [--live] [--json] [--language zh|en]

  OLD, NEW    folders of contracts, or the folders that hold schemas/
  --live      name the agreements in force that each change touches, from a running gateway
  --json      one JSON object, for machines; texts in both languages
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL   where the gateway is (http://127.0.0.1:8080)
  STILE_TOKEN a staff token; the sandbox gives an officer's by itself`;

interface Wish {
  readonly old: string;
  readonly now: string;
  readonly live: boolean;
  readonly json: boolean;
  readonly language: Language | undefined;
}

/** @returns 0 when nothing breaks, 1 when something does or cannot be read, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const wish = parse(words);
  if (wish === undefined) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const terminal = terminalOf(io.stdout, io.environment, wish.language);
  const [old, now] = [await readContracts(schemasIn(wish.old)), await readContracts(schemasIn(wish.now))];
  const faults = [...old.faults, ...now.faults];
  if (faults.length > 0) {
    printLines(io.stderr, [faultText(faults, terminal)]);
    return 1;
  }
  const agreements = wish.live ? await liveAgreements(terminal.language, io) : [];
  if ('ok' in agreements) {
    printLines(io.stderr, agreements.lines);
    return 1;
  }
  const found = judgeContracts(old, now, agreements).map(broken =>
    changeFinding(broken, now.place(broken.at.id, broken.at.pointer)),
  );
  if (wish.json) printLines(io.stdout, [harmlessJson({ findings: found }, 2)]);
  else printLines(io.stdout, [found.length > 0 ? faultText(found, terminal) : keptText(old, now, terminal)]);
  return found.length > 0 ? 1 : 0;
}

function parse(words: string[]): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { live: { type: 'boolean' }, json: { type: 'boolean' }, language: { type: 'string' } },
  });
  const { live = false, json = false, language } = values;
  const [verb, old, now, ...more] = positionals;
  if (verb !== 'diff' || old === undefined || now === undefined || more.length > 0) return undefined;
  if (language !== undefined && language !== 'zh' && language !== 'en') return undefined;
  return { old, now, live, json, language };
}

/** A deployment keeps its contracts in schemas/; a folder without one is taken for them itself. */
function schemasIn(folder: string): string {
  const within = join(folder, 'schemas');
  return existsSync(within) ? within : folder;
}

/** What is suspended or waiting may come into use again; only what is ended is done with. */
async function liveAgreements(language: Language, { environment, ended }: Io): Promise<readonly Party[] | Failure> {
  const answer = await openApi({ language, staff: 'officer', environment, ended }).get('/operate/agreements');
  if (!answer.ok) return answer;
  const { agreements } = answer.body as { readonly agreements: readonly AgreementView[] };
  return agreements.filter(({ state }) => state !== agreementState.ended);
}

function keptText(old: ContractsRead, now: ContractsRead, terminal: Terminal): string {
  const changed = [...old.contracts].filter(([id, { digest }]) => now.contracts.get(id)?.digest !== digest).length;
  const text = {
    zh: `${old.contracts.size} 份契约中 ${changed} 份有变，都不影响现有的使用者`,
    en: `${changed} of ${old.contracts.size} contracts changed, and nothing that uses them breaks`,
  };
  return paint(text[terminal.language], 'green', terminal);
}
