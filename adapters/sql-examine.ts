/** Holds a service's mapping against what the live database says its statement takes and gives: what would fail at every question. */
import type { Mapping } from '../schemas/stile/adapters/http-service.js';
import type { SqlService } from '../schemas/stile/adapters/sql-service.js';
import type { ContractShape, FieldShape, SettingFault } from './adapter.js';
import { pointerTo } from './mapping.js';
import type { MappingScope } from './mapping-scope.js';
import type { SqlColumn, SqlParameter, SqlRefusal, SqlShape } from './sql-shape.js';
import { type Rule, translator } from './translation.js';

/** A rule that reads one column. */
interface Reading {
  readonly column: string;
  /** It reads within the column's JSON. */
  readonly within: boolean;
  readonly rule: Rule;
  /** The contract's field that it makes; undefined for the data's time. */
  readonly field: string | undefined;
  readonly pointer: string;
}

export const refusalFault = ({ refused, isDenied }: SqlRefusal): SettingFault => ({
  pointer: '/statement',
  message: { zh: `数据库不接受该语句：${refused}`, en: `the database does not take the statement: ${refused}` },
  fix: isDenied
    ? { zh: '授予网关的登录所缺的 SELECT 权限', en: "grant the gateway's login the SELECT that it lacks" }
    : { zh: '依数据库的表与列改正语句', en: "mend it by the database's tables and columns" },
});

/**
 * @param order names of the parameters, as the statement is written
 * @param scope as for mappings into the contract
 */
export function examine(
  service: SqlService,
  order: readonly string[],
  shape: SqlShape,
  contract: ContractShape,
  scope: MappingScope,
): SettingFault[] {
  const columns = new Map(shape.columns.map(column => [column.name, column]));
  const names = shape.columns.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  return [
    ...(twice === undefined ? [] : [ambiguous(twice)]),
    ...readingsOf(service).flatMap(reading => readingFaults(reading, columns, contract, scope)),
    ...parameterFaults(service, order, shape.parameters, contract),
  ];
}

function readingsOf({ reply, rows = 'one', asOf }: SqlService): Reading[] {
  const found = read(reply, [], rows === 'one', '', '/reply');
  if (asOf === undefined) return found;
  const rule = { from: asOf.from, time: asOf.time };
  return [...found, ...leaf(rule, asOf.from.split('.'), rows === 'one', undefined, '/asOf/from')];
}

/** @param inRow whether the path begins in a row, and not in the list of them */
function read(node: Mapping, path: readonly string[], inRow: boolean, field: string, pointer: string): Reading[] {
  const rule: Rule = typeof node === 'string' ? { from: node } : node;
  const { from, constant, request, fields, each, expression } = rule;
  if (constant !== undefined || request !== undefined) return [];
  const here = from === undefined ? path : [...path, ...from.split('.')];
  if (fields !== undefined) {
    return Object.entries(fields).flatMap(([name, below]) =>
      read(below, here, inRow, field === '' ? name : `${field}.${name}`, pointerTo(`${pointer}/fields`, name)),
    );
  }
  if (each !== undefined && expression === undefined && !inRow && here.join() === 'rows') {
    return read(each, [], true, `${field}[]`, `${pointer}/each`);
  }
  return leaf(rule, here, inRow, field, typeof node === 'string' || from === undefined ? pointer : `${pointer}/from`);
}

function leaf(
  rule: Rule,
  path: readonly string[],
  inRow: boolean,
  field: string | undefined,
  pointer: string,
): Reading[] {
  const [column, ...rest] = inRow ? path : path.slice(2);
  return column === undefined
    ? []
    : [
        {
          column,
          within: rest.length > 0 || rule.each !== undefined || rule.expression !== undefined,
          rule,
          field,
          pointer,
        },
      ];
}

function readingFaults(
  { column: name, within, rule, field, pointer }: Reading,
  columns: ReadonlyMap<string, SqlColumn>,
  { reply }: ContractShape,
  scope: MappingScope,
): SettingFault[] {
  const column = columns.get(name);
  if (column === undefined) return [{ pointer, ...missing(name, [...columns.keys()]) }];
  if (column.holds === 'bytes') return [{ pointer, ...bytes(column) }];
  if (within || column.holds === 'json' || rule.codes !== undefined) return [];
  const made = madeOf(rule, column.holds, scope);
  if (made === undefined) return [{ pointer, ...unreadable(column, rule) }];
  const shape = field === undefined ? undefined : reply.get(field);
  return shape === undefined || fits(made, shape) ? [] : [{ pointer, ...unfit(column, shape) }];
}

/** A value that the rule makes of the column, or only its type where the column may hold any text; undefined where it makes none. */
function madeOf(rule: Rule, holds: SqlColumn['holds'], scope: MappingScope): Made | undefined {
  if (typeof holds === 'object') {
    const value = translator(rule, scope, '').convert(holds.sample);
    return value === undefined ? undefined : { type: typeof value, value };
  }
  return { type: rule.as === 'number' ? 'number' : 'string' };
}

interface Made {
  readonly type: string;
  readonly value?: unknown;
}

const formats: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/,
};

function fits({ type, value }: Made, { type: wanted, format = '' }: FieldShape): boolean {
  if (wanted === undefined) return true;
  if ((wanted === 'integer' ? 'number' : wanted) !== type) return false;
  return typeof value !== 'string' || (formats[format]?.test(value) ?? true);
}

function parameterFaults(
  { parameters = {} }: SqlService,
  order: readonly string[],
  found: readonly SqlParameter[] | undefined,
  { request }: ContractShape,
): SettingFault[] {
  if (found === undefined) return [];
  if (found.length !== order.length) return [miscounted(order.length, found.length)];
  return order.flatMap((name, at) => {
    const mapping = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const rule: Rule = typeof mapping === 'object' ? mapping : { from: mapping ?? name };
    const { takes, type = '' } = found[at] ?? {};
    if (takes === undefined || rule.codes !== undefined || rule.constant !== undefined) return [];
    const given = rule.as === undefined ? request.get(rule.from ?? '')?.type : rule.as === 'text' ? 'string' : rule.as;
    if (given === undefined || (given === 'integer' ? 'number' : given) === takes) return [];
    const pointer = mapping === undefined ? '/statement' : pointerTo('/parameters', name);
    return [{ pointer, ...misgiven(name, given, type) }];
  });
}

type Texts = Omit<SettingFault, 'pointer'>;

const missing = (name: string, known: readonly string[]): Texts => ({
  message: { zh: `语句的结果没有列 ${name}`, en: `the statement gives no column ${name}` },
  fix: { zh: `它给出 ${known.join('、')}`, en: `it gives ${known.join(', ')}` },
});

const ambiguous = (name: string): SettingFault => ({
  pointer: '/statement',
  message: { zh: `两列都名为 ${name}`, en: `two columns are named ${name}` },
  fix: { zh: '用 AS 为其一另取名称', en: 'name one of them otherwise with AS' },
});

const bytes = ({ name, type }: SqlColumn): Texts => ({
  message: {
    zh: `列 ${name} 是 ${type}，契约没有二进制数据`,
    en: `column ${name} is ${type}, and bytes are no data of a contract`,
  },
  fix: { zh: '不取此列，或在语句中转为文本', en: 'leave it out, or make text of it in the statement' },
});

const unreadable = ({ name, type }: SqlColumn, { as, date, time }: Rule): Texts => {
  const form = date ?? time ?? as ?? '';
  return {
    message: { zh: `列 ${name} 是 ${type}，不合 ${form}`, en: `column ${name} is ${type}, which is no ${form}` },
    fix: {
      zh: '写成该列的格式，见 docs/adapters.md 的列类型表',
      en: "write the column's own form; the tables of columns in docs/adapters.md have it",
    },
  };
};

function unfit({ name, type, holds }: SqlColumn, { type: wanted = '', format }: FieldShape): Texts {
  const field = format === undefined ? wanted : `${wanted} (${format})`;
  const numeric = wanted === 'number' || wanted === 'integer';
  const fix =
    numeric && (holds === 'any-text' || (typeof holds === 'object' && typeof holds.sample === 'string'))
      ? {
          zh: '写 as: number；只接受双精度能精确表示的数',
          en: 'write as: number, which takes what a double holds exactly',
        }
      : wanted === 'string' && typeof holds === 'object' && typeof holds.sample !== 'string'
        ? { zh: '写 as: text，或用 codes 对照', en: 'write as: text, or translate it with codes' }
        : {
            zh: '写明 date、time、as 或 codes，或改契约',
            en: 'say its date, time, as or codes, or change the contract',
          };
  return {
    message: {
      zh: `列 ${name} 是 ${type}，契约要 ${field}`,
      en: `column ${name} is ${type}, and the contract wants ${field}`,
    },
    fix,
  };
}

const miscounted = (ours: number, theirs: number): SettingFault => ({
  pointer: '/statement',
  message: {
    zh: `语句有 ${ours} 个参数，数据库认为有 ${theirs} 个`,
    en: `the statement has ${ours} parameters, and the database sees ${theirs}`,
  },
  fix: { zh: '每个参数写成 :名称', en: 'write each as :name' },
});

const misgiven = (name: string, given: string, type: string): Texts => ({
  message: {
    zh: `参数 ${name} 是 ${given}，数据库要 ${type}`,
    en: `parameter ${name} is ${given}, and the database takes ${type}`,
  },
  fix: {
    zh: '写 as: number，或在语句中 CAST(:参数 AS …)',
    en: 'write as: number, or CAST(:parameter AS …) in the statement',
  },
});
