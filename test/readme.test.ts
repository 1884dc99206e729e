/** Holds the pages to the truth: their links, commands, variables, examples and pictures are those of the project. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { errors } from '../src/errors.js';
import { entryKind, rollKind } from '../src/ledger/ledger.js';
import { adapterKinds } from '../src/registry/adapter-kinds.js';
import type { FileKind } from '../src/registry/files.js';
import { shapeFindings, strings } from '../src/registry/shape.js';
import { stileSchema } from '../src/registry/stile-schema.js';
import { root } from '../src/root.js';
import { type Page, pageOf, pages, readmes } from './documents.js';

const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** As GitHub makes them: lower case, spaces to hyphens, no other punctuation. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const headingsOf = ({ prose }: Page) =>
  [...prose.matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', text = '']) => ({ level: marks.length, text }));

t.test('every link within the project leads somewhere', async t => {
  let links = 0;
  for (const page of pages) {
    for (const [, target = ''] of page.prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page.path : normalize(join(dirname(page.path), path));
      t.ok(existsSync(join(root, file)), `${page.path}: ${target}`);
      if (anchor === undefined) continue;
      const anchors = headingsOf(pageOf(file)).map(({ text }) => anchorOf(text));
      t.ok(anchors.includes(decodeURIComponent(anchor)), `${page.path}: ${target} has its heading`);
      links += 1;
    }
  }
  t.ok(links > 5, 'there are links to headings');
});

t.test('every page is linked from both READMEs', async t => {
  for (const readme of readmes) {
    for (const { path } of pages.filter(page => page.path !== readme)) {
      t.ok(pageOf(readme).prose.includes(`(${path}`), `${readme} links ${path}`);
    }
  }
});

t.test('both READMEs have the same headings, examples and steps', async t => {
  const [english, chinese] = readmes.map(pageOf);
  if (english === undefined || chinese === undefined) throw new Error('there are two');
  const levelsOf = (page: Page) => headingsOf(page).map(({ level }) => level);
  t.same(levelsOf(chinese), levelsOf(english));
  t.same(
    chinese.blocks.filter(block => block.file !== undefined),
    english.blocks.filter(block => block.file !== undefined),
  );
  const linksOf = ({ prose }: Page) => [...prose.matchAll(/\]\((docs|config)\/[^)]+\)/g)].map(([link]) => link).sort();
  t.same(
    linksOf(chinese).map(link => link.replace('.zh-CN.svg', '.svg')),
    linksOf(english),
  );
});

t.test('every command that a page names is there, with its options', async t => {
  const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const usages = new Map<string, string>();
  for (const name of readdirSync(join(root, 'src', 'cli'))) {
    if (!textOf(`src/cli/${name}`).includes('\nexport const usage')) continue;
    const command = name.replace('.ts', '');
    const { usage } = (await import(`../src/cli/${command}.js`)) as { readonly usage: string };
    usages.set(command, usage);
  }
  let named = 0;
  for (const page of pages) {
    for (const [, script = ''] of page.text.matchAll(/npm (?:run )?(start|test|(?<=run )[a-z:]+)/g)) {
      t.ok(scripts[script], `${page.path}: npm run ${script}`);
    }
    for (const [line, command = '', rest = ''] of page.text.matchAll(/(?:npx |`)stile ([a-z]+)([^`|)\n]*)/g)) {
      const usage = usages.get(command);
      t.ok(usage, `${page.path}: ${line}`);
      const [, verb] = /^ +([a-z]+)\b/.exec(rest) ?? [];
      const takesVerb = new RegExp(`stile ${command} [a-z]`).test(usage ?? '');
      if (verb && takesVerb) t.ok(usage?.includes(`stile ${command} ${verb}`), `${page.path}: ${line}`);
      for (const [option] of rest.matchAll(/--[a-z]+/g)) t.ok(usage?.includes(option), `${page.path}: ${line}`);
      named += 1;
    }
  }
  t.ok(named > 20, 'commands were found');
});

t.test('docs/operating.md names every variable that the code reads, and no other', async t => {
  const code = ['src', 'adapters', 'bin'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => /\.[jt]s$/.test(name))
      .map(name => textOf(`${folder}/${name}`)),
  );
  const upperCase = '[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*';
  const reads = [
    new RegExp(`\\b(?:env|environment|variables)\\??\\.(${upperCase})\\b`, 'g'),
    new RegExp(`\\b(?:numberIn\\(variables, |portOf\\()'(${upperCase})'`, 'g'),
    /\{ *((?:STILE|SANDBOX)_[A-Z_]+|HOST)\b[^\n]*\} = /g,
    /^ +(SANDBOX_[A-Z_]+|STILE_URL): /gm,
  ];
  const read = new Set(code.flatMap(text => reads.flatMap(each => [...text.matchAll(each)].map(([, name]) => name))));
  const page = pageOf('docs/operating.md');
  const section = /^## Environment\n(.*?)^## /ms.exec(page.text)?.[1] ?? '';
  const named = new Set([...section.matchAll(new RegExp(`\`(${upperCase})\``, 'g'))].map(([, name]) => name));
  named.delete('NAME');
  t.same([...named].sort(), [...read].sort());
});

t.test('docs/operating.md tells of messages that the log can hold', async t => {
  const code = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => textOf(`src/${name}`))
    .concat(textOf('adapters/transport.ts'), textOf('adapters/sql.ts'), textOf('adapters/file-watch.ts'));
  const section = /^## Logs\n(.*?)^## /ms.exec(pageOf('docs/operating.md').text)?.[1] ?? '';
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell = '']) => cell);
  const messages = cells.flatMap(cell => [...cell.matchAll(/`([^`…]+)/g)].map(([, message = '']) => message.trim()));
  t.ok(messages.length > 6, 'messages were found');
  for (const message of messages)
    t.ok(
      code.some(text => text.includes(message)),
      message,
    );
});

t.test('docs/ledger.md has every kind of entry', async t => {
  const named = [...pageOf('docs/ledger.md').text.matchAll(/^\| `([a-z]+)` \| (?:for|before|once|in the roll)/gm)].map(
    ([, kind]) => kind,
  );
  const kinds = [...Object.values(entryKind), ...Object.values(rollKind)];
  t.same(named.sort(), kinds.sort());
});

t.test('examples of config keep the schemas of config', async t => {
  let examples = 0;
  for (const { path, blocks } of pages) {
    for (const { language, text } of blocks) {
      if (language !== 'yaml') continue;
      const value: unknown = parse(text);
      const [, kind] = /^# yaml-language-server: \$schema=.*\/([a-z]+)\.json$/m.exec(text) ?? [];
      const findings = kind ? shapeFindings(value, stileSchema(kind as FileKind), strings.plain) : partFindings(value);
      t.same(findings, [], `${path}: ${text.split('\n')[kind ? 1 : 0]}`);
      examples += 1;
    }
  }
  t.ok(examples > 4, 'examples were found');
});

interface Part {
  readonly adapters?: Readonly<Record<string, { readonly kind: string; readonly settings: unknown }>>;
  readonly services?: Readonly<Record<string, { readonly adapter: string; readonly ask: unknown }>>;
}

/** Of a department's file that is shown in part: its adapters, and how its services are asked through them. */
function partFindings(value: unknown): unknown[] {
  const { adapters = {}, services = {} } = value as Part;
  const moduleOf = (kind: string | undefined) => {
    const module = adapterKinds.get(kind ?? 'http');
    if (module === undefined) throw new Error(`there is no adapter of kind ${kind}`);
    return module;
  };
  return [
    ...Object.values(adapters).flatMap(({ kind, settings }) =>
      shapeFindings(settings, moduleOf(kind).settingsSchema, strings.plain),
    ),
    ...Object.values(services).flatMap(({ adapter, ask }) =>
      shapeFindings(ask, moduleOf(adapters[adapter]?.kind).serviceSchema, strings.plain),
    ),
  ];
}

t.test('the pictures show the statuses with which each step can end', async t => {
  const statuses = new Map<string, Set<number>>();
  for (const { stage, status } of Object.values(errors)) {
    statuses.set(stage, (statuses.get(stage) ?? new Set()).add(status));
  }
  for (const picture of ['docs/exchange.svg', 'docs/exchange.zh-CN.svg']) {
    const shown = [...textOf(picture).matchAll(/data-stage="([a-z-]+)"[^>]*>([\d ]+)</g)];
    t.equal(shown.length, 12, `${picture}: all steps but minimise, which has no exit`);
    for (const [, stage = '', text = ''] of shown) {
      if (stage === 'release') continue;
      const expected = [...(statuses.get(stage) ?? [])].sort((one, other) => one - other).join(' ');
      t.equal(text, expected, `${picture}: ${stage}`);
    }
  }
});
