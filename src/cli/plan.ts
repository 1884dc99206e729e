/** `stile plan`: what the files would come to, held against the config that a gateway has in force. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AgreementView } from '../agreements/view.js';
import { unpackContents } from '../configuration/archive.js';
import { consequencesOf } from '../configuration/consequence.js';
import type { HeldBack } from '../configuration/held-back.js';
import { brokenContracts, refusalsOf } from '../configuration/refusal.js';
import { type Loaded, loadRegistry } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import type { Language, Text } from '../text.js';
import { type Failure, failure } from './answer.js';
import { type Api, openApi } from './api.js';
import { foldersOf } from './check.js';
import { consequenceLines } from './consequence-lines.js';
import { harmlessJson } from './display.js';
import { faultText } from './fault-text.js';
import { heldBackLine } from './held-back-line.js';
import { type Io, printLines, processIo } from './io.js';
import { type Plan, planVersion } from './plan-file.js';
import { type Terminal, terminalOf } from './terminal.js';

export const usage = `stile plan [DIR] [--out FILE] [--json] [--language zh|en]

  DIR         the folder that holds config/ and schemas/ (the current one; STILE_CONFIG and STILE_SCHEMAS name others)
  --out       write the plan, for stile apply
  --json      one JSON object, for machines
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides
  STILE_URL   where the gateway is (http://127.0.0.1:8080)
  STILE_TOKEN an operator's token; the sandbox gives one by itself

  Ends with 0 when nothing changes, 2 when something does, 1 when it cannot be put in force or told.`;

interface Wish {
  readonly folder: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly language: Language | undefined;
}

const exitCode = { nothing: 0, failed: 1, changes: 2 } as const;

/** @returns the exit code, as the usage has it */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const wish = parse(words);
  if (wish === undefined) {
    printLines(io.stderr, [usage]);
    return exitCode.failed;
  }
  const terminal = terminalOf(io.stdout, io.environment, wish.language);
  const folders = foldersOf(wish.folder, io.environment);
  const next = await loadRegistry(folders);
  if (next.registry === undefined) {
    printLines(io.stderr, [faultText(next.faults, terminal)]);
    return exitCode.failed;
  }
  const { environment, ended } = io;
  const api = openApi({ language: terminal.language, staff: 'operator', environment, ended });
  const running = await runningConfig(api, folders, terminal.language);
  if ('ok' in running) {
    printLines(io.stderr, running.lines);
    return exitCode.failed;
  }
  return tell(running, { ...next, registry: next.registry }, wish, terminal, io);
}

function parse(words: string[]): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { out: { type: 'string' }, json: { type: 'boolean' }, language: { type: 'string' } },
  });
  const { out, json = false, language } = values;
  if (positionals.length > 1 || (language !== undefined && language !== 'zh' && language !== 'en')) return undefined;
  return { folder: positionals[0], out, json, language };
}

interface Running {
  readonly registry: Registry;
  readonly agreements: readonly AgreementView[];
  /** Files that were rolled back from. */
  readonly heldBack: HeldBack | null;
}

/** Read by the loader that reads the files, with references unresolved: no secret is there to be told. */
async function runningConfig(
  api: Api,
  folders: Parameters<typeof loadRegistry>[0],
  language: Language,
): Promise<Running | Failure> {
  const listed = await api.get('/operate/agreements');
  if (!listed.ok) return listed;
  const shown = await api.get('/operate/config');
  if (!shown.ok) return shown;
  const found = await api.download('/operate/config/files');
  if (!found.ok) return found;
  if (found.status !== 200) return failure(texts.notGiven[language]);
  const { registry } = await loadRegistry({ ...folders, given: await unpackContents(found.bytes) });
  if (registry === undefined || registry.digest !== found.headers.get('stile-registry')) {
    return failure(texts.unreadable[language]);
  }
  const { agreements } = listed.body as Pick<Running, 'agreements'>;
  return { registry, agreements, heldBack: (shown.body as Pick<Running, 'heldBack'>).heldBack };
}

function tell(
  { registry: running, agreements, heldBack }: Running,
  { registry: next, files }: Loaded & { readonly registry: Registry },
  { out, json }: Wish,
  terminal: Terminal,
  io: Io,
): number {
  const now = Date.now();
  const broken = brokenContracts(running, next, agreements, now);
  const changes = consequencesOf(running, next, agreements, broken, now);
  const refused = refusalsOf(running, next, files, broken);
  const plan: Plan = { v: planVersion, running: running.digest, next: next.digest, changes };
  const isSame = running.digest === next.digest;
  const isHeldBack = heldBack?.files === next.digest;
  if (json) printLines(io.stdout, [harmlessJson({ ...plan, refused, heldBack: isHeldBack ? heldBack : null }, 2)]);
  else if (isSame) printLines(io.stdout, [texts.nothing[terminal.language]]);
  else if (changes.length === 0) printLines(io.stdout, [texts.noConsequence[terminal.language]]);
  else printLines(io.stdout, consequenceLines(changes, terminal));
  if (isHeldBack && !json) {
    printLines(io.stdout, ['', heldBackLine(heldBack, terminal)]);
  }
  if (refused.length > 0) {
    if (!json) printLines(io.stderr, ['', faultText(refused, terminal)]);
    return exitCode.failed;
  }
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(plan, null, 2)}\n`);
  return isSame ? exitCode.nothing : exitCode.changes;
}

const texts = {
  nothing: { zh: '没有变化。', en: 'Nothing changes.' },
  noConsequence: { zh: '文件有变，但没有任何后果。', en: 'The files differ, and nothing comes of it.' },
  notGiven: {
    zh: '网关没有保存正在使用的配置文件；原因见其日志。',
    en: 'The gateway does not keep the files of the config in force; its log says why.',
  },
  unreadable: {
    zh: '读不了网关正在使用的配置：可能与此命令的版本不同。',
    en: 'The config in force cannot be read: the gateway may be of another version than this command.',
  },
} satisfies Record<string, Text>;
