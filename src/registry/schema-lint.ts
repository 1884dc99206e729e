/** What a schema file must keep before anything is compiled: dialect, `$id`, known keywords, references to our own files only. */
import { below, type Finding, rule } from './fault.js';
import { formats } from './formats.js';
import { nearest } from './nearest.js';
import { backtracks } from './pattern.js';
import { dataKeywords, dialect, ownKeywords, rootKeywords, schemaKeywords } from './schema-keywords.js';
import { isSchema, type Place, type SchemaStore } from './schema-store.js';
import { metaFindings, shapeFindings, strings } from './shape.js';
import { didYouMean } from './shape-text.js';

export interface Linted {
  readonly findings: readonly Finding[];
  /** `$id`s of the files that this one refers to. */
  readonly refersTo: ReadonlySet<string>;
  /** Pointers of the schemas that carry examples. */
  readonly exemplified: readonly string[];
}

/** Walks the whole file that the place is the root of. */
export function lintSchema(root: Place, store: SchemaStore): Linted {
  const findings: Finding[] = [...dialectFindings(root.schema.$schema), ...metaFindings(root.schema)];
  const refersTo = new Set<string>();
  const exemplified: string[] = [];
  const visit = (schema: unknown, pointer: string): void => {
    if (!isSchema(schema)) return;
    for (const [keyword, held] of Object.entries(schema)) {
      const at = below(pointer, keyword);
      const holds = schemaKeywords.get(keyword);
      const own = ownKeywords.get(keyword);
      if (holds === 'schema') visit(held, at);
      else if (holds === 'list') for (const [index, item] of entries(held)) visit(item, below(at, index));
      else if (holds === 'map') for (const [name, item] of entries(held)) visit(item, below(at, name));
      else if (own !== undefined) findings.push(...shapeFindings(held, own, strings.plain, at));
      else if (!dataKeywords.has(keyword) && !(pointer === '' && rootKeywords.has(keyword))) {
        findings.push(unknownKeyword(keyword, at));
      }
      if (keyword === '$ref') {
        const target = store.resolve(String(held), { ...root, schema, pointer });
        if (target === undefined) findings.push(strangeReference(String(held), at));
        else refersTo.add(target.base);
      }
      if (keyword === 'properties') findings.push(...inheritedNames(held, at));
      if (keyword === 'format') findings.push(...formatFindings(held, at));
      if (keyword === 'pattern') findings.push(...patternFindings(held, at));
      if (keyword === 'examples') exemplified.push(pointer);
    }
  };
  visit(root.schema, '');
  return { findings, refersTo, exemplified };
}

const entries = (held: unknown): [string, unknown][] =>
  typeof held === 'object' && held !== null ? Object.entries(held) : [];

function dialectFindings(stated: unknown): Finding[] {
  if (stated === dialect) return [];
  return [
    {
      rule: rule.contractDialect,
      pointer: '/$schema',
      message: { zh: '不是 JSON Schema 2020-12', en: 'this is not JSON Schema 2020-12' },
      fix: { zh: `写 "$schema": "${dialect}"`, en: `write "$schema": "${dialect}"` },
    },
  ];
}

function unknownKeyword(keyword: string, pointer: string): Finding {
  const meant = nearest(keyword, [...schemaKeywords.keys(), ...dataKeywords, ...ownKeywords.keys()]);
  return {
    rule: rule.contractKeyword,
    pointer,
    at: 'key',
    message: { zh: `不认识的关键字 ${keyword}`, en: `unknown keyword ${keyword}` },
    fix: didYouMean(meant, []),
  };
}

const strangeReference = (reference: string, pointer: string): Finding => ({
  rule: rule.contractReference,
  pointer,
  message: /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(reference)
    ? { zh: '$ref 指向外部', en: 'this $ref leads elsewhere' }
    : { zh: '$ref 指向不存在的模式', en: 'this $ref leads to no schema' },
  fix: { zh: '以相对路径引用 schemas/ 下的文件', en: 'refer to a file under schemas/ by its relative path' },
});

/** A member called `constructor` would be found on any object, sent or not. */
const inheritedNames = (held: unknown, pointer: string): Finding[] =>
  entries(held)
    .filter(([name]) => name in Object.prototype)
    .map(([name]) => ({
      rule: rule.contractInvalid,
      pointer: below(pointer, name),
      at: 'key' as const,
      message: { zh: `字段不能叫 ${name}`, en: `a field may not be called ${name}` },
      fix: { zh: '换一个名称', en: 'choose another name' },
    }));

function formatFindings(format: unknown, pointer: string): Finding[] {
  if (typeof format !== 'string' || Object.hasOwn(formats, format)) return [];
  const known = Object.keys(formats);
  return [
    {
      rule: rule.contractInvalid,
      pointer,
      message: { zh: `没有格式 ${format}`, en: `there is no format ${format}` },
      fix: didYouMean(nearest(format, known), known),
    },
  ];
}

function patternFindings(pattern: unknown, pointer: string): Finding[] {
  if (typeof pattern !== 'string') return [];
  try {
    new RegExp(pattern, 'u');
  } catch {
    return [
      {
        rule: rule.contractInvalid,
        pointer,
        message: { zh: '正则表达式不合法', en: 'this is no regular expression' },
        fix: { zh: '按 ECMA-262 的 u 模式书写', en: 'write it as ECMA-262 has it, in Unicode mode' },
      },
    ];
  }
  if (!backtracks(pattern)) return [];
  return [
    {
      rule: rule.contractPattern,
      pointer,
      message: {
        zh: '重复里套着重复，短短一段文本就能让它回溯不止',
        en: 'a repeated group repeats within: a short text can make it backtrack for hours',
      },
      fix: {
        zh: '去掉一层重复，或以固定字符隔开',
        en: 'drop one of the repetitions, or part them by a fixed character',
      },
    },
  ];
}
