/** `stile check`: every fault of config and schemas at once, by the loader that serves, so that what passes here starts; and how safe it is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Fault } from '../registry/fault.js';
import { loadRegistry } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import type { Excepted } from '../registry/safety/exceptions.js';
import { severity, severityOf } from '../registry/safety/safety-rule.js';
import type { Language } from '../text.js';
import { junitReport } from './check-junit.js';
import { sarifLog } from './check-sarif.js';
import { harmless, harmlessJson } from './display.js';
import { counted, faultCount, faultLine } from './fault-text.js';
import { type Io, printLines, processIo } from './io.js';
import { paint, type Terminal, terminalOf } from './terminal.js';

export const usage = `stile check [DIR] [--resolve] [--probe] [--strict] [--json | --format text|json|junit|sarif] [--language zh|en]

  DIR         the folder that holds config/ and schemas/ (the current one; STILE_CONFIG and STILE_SCHEMAS name others)
  --resolve   also demand every environment variable and file that config refers to
  --probe     also ask the departments' systems whether they are there, and hold SQL statements against their databases; no data
              is read. It resolves as --resolve does
  --strict    a warning is as good as a fault
  --format    json, junit or sarif (2.1.0), for machines; text unless named
  --json      the same as --format json: one object, texts in both languages
  --language  the language of the texts; otherwise LC_ALL, LC_MESSAGES or LANG decides

  Safety is judged once there is no fault. Its rules, and how to except a place from one: docs/safety.md`;

const formats = ['text', 'json', 'junit', 'sarif'] as const;
type Format = (typeof formats)[number];

interface Wish {
  readonly folder: string | undefined;
  readonly resolve: boolean;
  readonly probe: boolean;
  readonly strict: boolean;
  readonly format: Format;
  readonly language: Language | undefined;
}

/** What was found, for every format. */
export interface Checked {
  /** Absent when there is any fault. */
  readonly registry: Registry | undefined;
  readonly faults: readonly Fault[];
  readonly excepted: readonly Excepted[];
  /** Whether the fault fails the check. */
  fails(fault: Fault): boolean;
}

/** @returns 0 when there is no fault, 1 when there is any, 2 for wrong arguments */
export async function run(words: string[], io: Io = processIo()): Promise<number> {
  const wish = parse(words);
  if (wish === undefined) {
    printLines(io.stderr, [usage]);
    return 2;
  }
  const folders = foldersOf(wish.folder, io.environment);
  const { registry, faults, files, safety } = await loadRegistry({
    ...folders,
    judgesSafety: true,
    ...(wish.resolve || wish.probe ? { environment: io.environment } : {}),
  });
  const live = registry === undefined || !wish.probe ? [] : await probed(registry, files);
  const failing: readonly string[] = wish.strict ? [severity.error, severity.warning] : [severity.error];
  const checked: Checked = {
    registry,
    faults: [...faults, ...live, ...(safety?.faults ?? [])],
    excepted: safety?.excepted ?? [],
    fails: ({ rule }) => failing.includes(severityOf(rule)),
  };
  const terminal = terminalOf(io.stdout, io.environment, wish.language);
  printLines(io.stdout, [reportOf(checked, folders, wish.format, terminal)]);
  return checked.faults.some(checked.fails) ? 1 : 0;
}

/** Loaded when asked for: a check offline needs none of it. */
async function probed(...checked: Parameters<typeof import('../registry/probe-systems.js').probeSystems>) {
  const { probeSystems } = await import('../registry/probe-systems.js');
  return probeSystems(...checked);
}

function parse(words: string[]): Wish | undefined {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      resolve: { type: 'boolean' },
      probe: { type: 'boolean' },
      strict: { type: 'boolean' },
      json: { type: 'boolean' },
      format: { type: 'string' },
      language: { type: 'string' },
    },
  });
  const { resolve = false, probe = false, strict = false, json = false, language } = values;
  const asked = values.format ?? (json ? 'json' : 'text');
  const format = formats.find(each => each === asked);
  if (format === undefined || (json && format !== 'json') || positionals.length > 1) return undefined;
  if (language !== undefined && language !== 'zh' && language !== 'en') return undefined;
  return { folder: positionals[0], resolve, probe, strict, format, language };
}

interface Folders {
  readonly configFolder: string;
  readonly schemasFolder: string;
}

/** A folder with stile.yaml is taken for config itself: whoever names it means what is in it. */
export function foldersOf(
  folder: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Folders {
  const configFolder = environment.STILE_CONFIG || 'config';
  const schemasFolder = environment.STILE_SCHEMAS || 'schemas';
  if (folder === undefined) return { configFolder, schemasFolder };
  if (!existsSync(join(folder, 'stile.yaml'))) {
    return { configFolder: join(folder, 'config'), schemasFolder: join(folder, 'schemas') };
  }
  return { configFolder: folder, schemasFolder: environment.STILE_SCHEMAS || join(folder, '..', 'schemas') };
}

function reportOf(checked: Checked, folders: Folders, format: Format, terminal: Terminal): string {
  switch (format) {
    case 'text':
      return textOf(checked, folders, terminal);
    case 'json':
      return harmlessJson(jsonOf(checked), 2);
    case 'junit':
      return junitReport(checked, terminal.language);
    case 'sarif':
      return harmlessJson(sarifLog(checked, terminal.language), 2);
  }
}

const jsonOf = ({ registry, faults, excepted }: Checked) => ({
  registry: registry?.digest ?? null,
  faults: faults.map(fault => ({ severity: severityOf(fault.rule), ...fault })),
  excepted: excepted.map(({ fault, reason }) => ({ severity: severityOf(fault.rule), ...fault, reason })),
});

function textOf({ registry, faults, excepted }: Checked, folders: Folders, terminal: Terminal): string {
  const lines = faults.map(fault => faultLine(fault, terminal));
  const count = faults.length > 0 ? ['', faultCount(faults, terminal)] : [];
  const sound = registry === undefined ? [] : [...soundLines(registry, folders, terminal)];
  const excused = excepted.length === 0 ? [] : [paint(exceptedText(excepted.length, terminal), 'dim', terminal)];
  return [...lines, ...count, ...(count.length > 0 && sound.length > 0 ? [''] : []), ...sound, ...excused].join('\n');
}

const exceptedText = (count: number, { language }: Terminal): string =>
  ({
    zh: `${count} 处安全发现已写明例外`,
    en: `${counted(count, 'finding')} of safety excepted, with a reason`,
  })[language];

function soundLines(registry: Registry, { configFolder, schemasFolder }: Folders, terminal: Terminal): string[] {
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
  return [paint(harmless(sound), 'green', terminal), holds, paint(`registry ${digest}`, 'dim', terminal)];
}
