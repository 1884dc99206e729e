/** `stile agreements`: what a data officer does to agreements from the terminal, through the gateway's API. */
import { parseArgs } from 'node:util';
import { agreementAction } from '../agreements/state.js';
import type { AgreementView } from '../agreements/view.js';
import type { Language, Text } from '../text.js';
import { importFile } from './agreement-import.js';
import { listLines, type ShownAgreement, showLines } from './agreement-lines.js';
import type { Answer } from './answer.js';
import { type Api, openApi } from './api.js';
import { harmlessJson } from './display.js';
import { environmentLanguage, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile agreements import FILE         all agreements of the file, or none
stile agreements list
stile agreements show ID             with every version there was
stile agreements suspend ID --why WHY
stile agreements resume  ID --why WHY
stile agreements consent ID --why WHY   it goes on though its contract, mapping or sharing type has moved
stile agreements end     ID --why WHY   for good

  --json        the gateway's answer, for machines
  --language    zh or en; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL     where the gateway is (http://127.0.0.1:8080)
  STILE_TOKEN   a staff token; the sandbox gives an officer's by itself`;

const { import: importWord, ...acts } = agreementAction;
type Act = (typeof acts)[keyof typeof acts];

interface Wish {
  readonly verb: typeof importWord | 'list' | 'show' | Act;
  /** The file or id; empty for `list`. */
  readonly object: string;
  readonly why: string;
  readonly json: boolean;
  readonly language: Language;
}

/** @returns 0 when it was done, 1 when it was not, 2 for wrong arguments */
export async function run(words: string[]): Promise<number> {
  const wish = parse(words);
  if (wish === undefined) {
    console.error(usage);
    return 2;
  }
  const terminal = terminalOf(process.stdout, process.env, wish.language);
  return carryOut(wish, openApi({ language: wish.language, staff: 'officer' }), terminal);
}

function parse(words: string[]): Wish | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { why: { type: 'string' }, json: { type: 'boolean' }, language: { type: 'string' } },
    });
    const { why = '', json = false, language = environmentLanguage(process.env) } = values;
    const [verb, object = '', ...more] = positionals;
    if (!isVerb(verb) || more.length > 0 || (language !== 'zh' && language !== 'en')) return undefined;
    if ((verb === 'list') !== (object === '') || isAct(verb) !== (why !== '')) return undefined;
    return { verb, object, why, json, language };
  } catch {
    return undefined;
  }
}

const isAct = (word: string): word is Act => Object.values<string>(acts).includes(word);
const isVerb = (word: string | undefined): word is Wish['verb'] =>
  word !== undefined && (isAct(word) || [importWord, 'list', 'show'].includes(word));

async function carryOut({ verb, object, why, json }: Wish, api: Api, terminal: Terminal): Promise<number> {
  const path = `/operate/agreements/${encodeURIComponent(object)}`;
  switch (verb) {
    case 'import':
      return importFile(object, api, json, terminal);
    case 'list':
      return print(await api.get('/operate/agreements'), json, body =>
        listLines((body as { agreements: AgreementView[] }).agreements, terminal),
      );
    case 'show':
      return print(await api.get(path), json, body => showLines(body as ShownAgreement, terminal));
    default:
      return print(await api.post(`${path}/${verb}`, { why }), json, body => {
        const { agreement, record } = body as { agreement: AgreementView; record: string };
        return [done[verb][terminal.language].replace('%1', agreement.id).replace('%2', record)];
      });
  }
}

function print(answer: Answer, json: boolean, linesOf: (body: unknown) => readonly string[]): number {
  const lines = !answer.ok ? answer.lines : json ? [harmlessJson(answer.body, 2)] : linesOf(answer.body);
  for (const line of lines) (answer.ok ? console.log : console.error)(line);
  return answer.ok ? 0 : 1;
}

const done = {
  suspend: {
    zh: '%1 已中止：此后不再放行任何数据。记录 %2。',
    en: '%1 is suspended: from now on nothing is released under it. Record %2.',
  },
  resume: { zh: '%1 已恢复。记录 %2。', en: '%1 is resumed. Record %2.' },
  consent: { zh: '%1 已确认。记录 %2。', en: '%1 goes on with consent. Record %2.' },
  end: { zh: '%1 已终止。记录 %2。', en: '%1 has ended. Record %2.' },
} satisfies Record<Act, Text>;
