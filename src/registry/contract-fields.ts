/** Walks a contract's schema for every field it can produce, whom its fields name, and where it fails to close itself. */
import type { Text } from '../text.js';
import { type Finding, rule } from './fault.js';
import type { FieldSchema, SubjectField } from './registry.js';
import { appliedTo, demands, itemsOf, membersOf } from './schema-branches.js';
import { isSchema, type Place, type Schema, type SchemaStore } from './schema-store.js';
import type { Source } from './source.js';

export interface Walked {
  readonly fields: ReadonlyMap<string, FieldSchema>;
  readonly subjects: readonly SubjectField[];
  readonly findings: readonly PlacedFinding[];
}

/** A finding in one of the files that a contract is made of. */
export interface PlacedFinding {
  readonly source: Source;
  readonly finding: Finding;
}

const listsValues = (schema: Schema): boolean => 'enum' in schema || 'const' in schema;
const isTyped = (schema: Schema): boolean => 'type' in schema || listsValues(schema);

/** No object, or no array, passes the schema at all, or only one that it lists. */
const excludes = (schema: Schema, type: string): boolean =>
  ('type' in schema && ![schema.type].flat().includes(type)) || listsValues(schema);
const isClosedObject = (schema: Schema): boolean =>
  schema.additionalProperties === false || schema.unevaluatedProperties === false || excludes(schema, 'object');
const isClosedArray = (schema: Schema): boolean =>
  isSchema(schema.items) || schema.items === false || schema.unevaluatedItems === false || excludes(schema, 'array');

/** All the fields of the schema at `root`, by path. */
export function walkFields(root: Place, store: SchemaStore): Walked {
  const fields = new Map<string, FieldSchema>();
  const subjects: SubjectField[] = [];
  const findings: PlacedFinding[] = [];
  const blame = (place: Place, finding: Omit<Finding, 'pointer'>): void => {
    const known = findings.some(
      found =>
        found.source === place.source && found.finding.pointer === place.pointer && found.finding.rule === finding.rule,
    );
    if (!known) findings.push({ source: place.source, finding: { ...finding, pointer: place.pointer } });
  };

  const visit = (places: readonly Place[], path: string, above: ReadonlySet<Schema>): void => {
    const [place] = places;
    if (place === undefined) return;
    const applied = places.flatMap(each => appliedTo(each, store));
    if (applied.some(each => above.has(each.schema))) {
      blame(place, {
        rule: rule.contractRecursive,
        message: { zh: '模式引用了自身，字段没有尽头', en: 'the schema refers to itself, so its fields never end' },
        fix: { zh: '写出有限的层数', en: 'write out the levels there are' },
      });
      return;
    }
    const types = typesOf(applied);
    if (path !== '' && !path.endsWith('[]')) fields.set(path, fieldOf(path, applied, types));
    noteSubject(place, applied, path, types);
    if (!demands(places, store, isTyped)) {
      blame(place, {
        rule: rule.contractOpen,
        message: { zh: '没有写明类型，任何内容都能通过', en: 'no type is stated, so anything passes' },
        fix: { zh: '加上 type', en: 'add type' },
      });
    }
    const within = new Set([...above, ...applied.map(each => each.schema)]);
    if (types.has('object')) visitObject(places, applied, path, within);
    if (types.has('array')) visitArray(places, applied, path, within);
  };

  const visitObject = (
    places: readonly Place[],
    applied: readonly Place[],
    path: string,
    within: ReadonlySet<Schema>,
  ): void => {
    const [place] = places;
    const patterned = applied.find(each => 'patternProperties' in each.schema);
    if (place !== undefined && !demands(places, store, isClosedObject)) {
      blame(place, {
        rule: rule.contractOpen,
        message: { zh: '对象没有封闭，未检查的内容会通过', en: 'the object is not closed, so unchecked members pass' },
        fix: {
          zh: '加上 additionalProperties: false（组合的模式用 unevaluatedProperties: false）',
          en: 'add additionalProperties: false (unevaluatedProperties: false where schemas are combined)',
        },
      });
    }
    if (patterned !== undefined) {
      blame(patterned, {
        rule: rule.contractOpen,
        message: {
          zh: '按模式命名的成员没有路径，无法授予',
          en: 'members named by a pattern have no path to be granted by',
        },
        fix: { zh: '逐一写在 properties 里', en: 'name each one under properties' },
      });
    }
    for (const [name, found] of membersOf(applied)) visit(found, path === '' ? name : `${path}.${name}`, within);
  };

  const visitArray = (
    places: readonly Place[],
    applied: readonly Place[],
    path: string,
    within: ReadonlySet<Schema>,
  ): void => {
    const [place] = places;
    if (place !== undefined && !demands(places, store, isClosedArray)) {
      blame(place, {
        rule: rule.contractOpen,
        message: { zh: '数组没有写明元素', en: 'the array does not say what its items are' },
        fix: { zh: '加上 items', en: 'add items' },
      });
    }
    visit(applied.flatMap(itemsOf), `${path}[]`, within);
  };

  const noteSubject = (place: Place, applied: readonly Place[], path: string, types: ReadonlySet<string>): void => {
    const role = firstOf(applied, 'x-stile-subject');
    const kind = firstOf(applied, 'x-stile-identifier');
    if (role === undefined && kind === undefined) return;
    if ((role === 'asked' || role === 'related') && typeof kind === 'string' && types.has('string')) {
      if (!subjects.some(known => known.path === path)) subjects.push({ path, role, kind });
      return;
    }
    blame(place, {
      rule: rule.contractSubject,
      message:
        kind === undefined
          ? { zh: '标了数据主体，却不是标识符', en: 'it marks a subject but is no identifier' }
          : { zh: '是标识符，却没有写明是谁的', en: 'it is an identifier but does not say whose' },
      fix:
        kind === undefined
          ? { zh: '引用词汇表中的标识符', en: 'refer to an identifier of the vocabulary' }
          : { zh: '加上 x-stile-subject: asked 或 related', en: 'add x-stile-subject: asked or related' },
    });
  };

  visit([root], '', new Set());
  return { fields, subjects, findings };
}

function typesOf(applied: readonly Place[]): Set<string> {
  const types = applied.flatMap(each => [each.schema.type].flat()).filter(type => typeof type === 'string');
  return new Set(types.filter(type => type !== 'null'));
}

function fieldOf(path: string, applied: readonly Place[], types: ReadonlySet<string>): FieldSchema {
  const [type] = types.size === 1 ? types : [];
  const sensitivity = firstOf(applied, 'x-stile-sensitivity');
  const format = firstOf(applied, 'format');
  const values = firstOf(applied, 'enum');
  return {
    path,
    type,
    format: typeof format === 'string' ? format : undefined,
    sensitivity: typeof sensitivity === 'string' ? sensitivity : undefined,
    title: titleOf(applied),
    ...(Array.isArray(values) ? { values } : {}),
  };
}

/** What the outermost schema that says anything says. */
const firstOf = (applied: readonly Place[], keyword: string): unknown =>
  applied.find(each => keyword in each.schema)?.schema[keyword];

function titleOf(applied: readonly Place[]): Text | undefined {
  const title = firstOf(applied, 'x-title');
  if (!isSchema(title) || typeof title.zh !== 'string' || typeof title.en !== 'string') return undefined;
  return { zh: title.zh, en: title.en };
}
