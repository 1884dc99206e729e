/** Makes a service's contract of its two compiled files: what it checks, whom it names, and its digest. */
import { createHash } from 'node:crypto';
import { canonicalText } from '../ledger/canonical.js';
import { type PlacedFinding, walkFields } from './contract-fields.js';
import { type Finding, rule } from './fault.js';
import type { CompiledSchema, Contract } from './registry.js';
import type { CompiledFile } from './schema-compiler.js';
import { meaning } from './schema-meaning.js';
import type { Schema, SchemaStore } from './schema-store.js';
import { violations } from './violation.js';

export interface BuiltContract {
  /** Absent when there is any finding. */
  readonly contract?: Contract;
  readonly findings: readonly PlacedFinding[];
}

/** The contract of one service. */
export function buildContract(request: CompiledFile, reply: CompiledFile, store: SchemaStore): BuiltContract {
  const asked = compiledHalf(request, store);
  const answered = compiledHalf(reply, store);
  const findings = [...asked.findings, ...answered.findings];
  for (const subject of answered.compiled.subjects) {
    const known = asked.compiled.subjects.some(({ role, kind }) => role === 'asked' && kind === subject.kind);
    if (subject.role === 'asked' && !known) findings.push({ source: reply.source, finding: neverAsked(subject.path) });
  }
  for (const { source, schema } of [request, reply]) {
    if (findings.length === 0 && schema.type !== 'object') findings.push({ source, finding: noObject });
  }
  const [example] = [request.schema.examples ?? []].flat();
  if (example === undefined) findings.push({ source: request.source, finding: noExample });
  if (findings.length > 0) return { findings };
  const digest = digestOf(request, reply);
  return { contract: { digest, request: asked.compiled, reply: answered.compiled, example }, findings };
}

/** What one half of a contract is to those who exchange by it, and what is wrong with it. */
export function compiledHalf(
  { schema, source, id, validators }: Omit<CompiledFile, 'closure'>,
  store: SchemaStore,
): { readonly compiled: CompiledSchema; readonly findings: readonly PlacedFinding[] } {
  const { fields, subjects, findings } = walkFields({ schema, source, pointer: '', base: id }, store);
  const check: CompiledSchema['check'] = value => {
    const quick = validators.quick();
    if (quick(value)) return null;
    if (partsUpTo(mostParts, value) >= mostParts) return violations(quick.errors ?? []);
    const thorough = validators.thorough();
    thorough(value);
    return violations(thorough.errors ?? []);
  };
  return { compiled: { schema, check, subjects, fields }, findings };
}

/** A value of more parts is told its first violation only: finding all of a large one's would keep others waiting. */
const mostParts = 1000;

/** How many values the value holds, itself included, counted no further than `most`. */
function partsUpTo(most: number, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  let parts = 1;
  for (const held of Object.values(value)) {
    parts += partsUpTo(most - parts, held);
    if (parts >= most) break;
  }
  return parts;
}

/** What a schema of the vocabulary means, as canonical JSON: thousands of contracts refer to the same. */
const meanings = new WeakMap<Schema, string>();

function meaningText(schema: Schema): string {
  const known = meanings.get(schema);
  if (known !== undefined) return known;
  const text = canonicalText(meaning(schema));
  meanings.set(schema, text);
  return text;
}

/**
 * Over all that decides what passes, the vocabulary referred to included; a better title or example moves nothing. It is of the canonical
 * JSON (RFC 8785) of `{ reply, request, schemas }`, put together of its parts.
 */
function digestOf(request: CompiledFile, reply: CompiledFile): string {
  const closure = [...request.closure, ...reply.closure];
  const referred = [...new Map(closure.map(schema => [String(schema.$id), schema]))].sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  const textOf = (id: string, schema: Schema): string =>
    id === request.id || id === reply.id ? canonicalText(meaning(schema)) : meaningText(schema);
  const schemas = referred.map(([id, schema]) => `${canonicalText(id)}:${textOf(id, schema)}`).join(',');
  const ids = `"reply":${canonicalText(reply.id)},"request":${canonicalText(request.id)}`;
  return createHash('sha256').update(`{${ids},"schemas":{${schemas}}}`).digest('hex');
}

const neverAsked = (path: string): Finding => ({
  rule: rule.contractSubject,
  pointer: '',
  message: {
    zh: `${path} 标为 asked，请求却没有问过任何人`,
    en: `${path} is marked asked, but the request asks about nobody`,
  },
  fix: {
    zh: '在请求里标出被问者，或改为 related',
    en: 'mark whom the request asks about, or make it related',
  },
});

const noObject: Finding = {
  rule: rule.contractInvalid,
  pointer: '/type',
  message: { zh: '请求与答复须为对象', en: 'a request or reply that is no object' },
  fix: { zh: '写 "type": "object"', en: 'write "type": "object"' },
};

const noExample: Finding = {
  rule: rule.contractExample,
  pointer: '',
  message: { zh: '请求没有示例', en: 'the request has no example' },
  fix: { zh: '加上 examples，首例须能在沙箱里成功', en: 'add examples; the first one succeeds in the sandbox' },
};
