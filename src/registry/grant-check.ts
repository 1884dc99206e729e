/** Checks what an agreement grants and demands against the contract: fields, masks and constraints. */
import type { Agreement as AgreementDocument, Constraint, Mask } from '../../schemas/stile/agreements.js';
import type { Text } from '../text.js';
import { below, type Finding, rule } from './fault.js';
import { nearest } from './nearest.js';
import type { Contract, FieldSchema } from './registry.js';
import { didYouMean } from './shape-text.js';

/** Granted fields against the reply, constraints against the request. */
export function fieldFindings(document: AgreementDocument, contract: Contract): Finding[] {
  const findings: Finding[] = [];
  const replyFields = [...contract.reply.fields.keys()];
  for (const [index, { path, mask }] of document.fields.entries()) {
    const at = below('/fields', index);
    const field = contract.reply.fields.get(path);
    if (field === undefined) {
      findings.push({
        rule: rule.agreementField,
        pointer: below(at, 'path'),
        message: { zh: `答复契约里没有字段 ${path}`, en: `the reply's contract has no field ${path}` },
        fix: didYouMean(nearest(path, replyFields), replyFields),
      });
      continue;
    }
    const wider = document.fields.find(
      (other, position) => covers(other.path, path) && (other.path !== path || position < index),
    );
    if (wider !== undefined) findings.push(overlap(below(at, 'path'), wider.path));
    const misfit = mask === undefined ? undefined : maskMisfit(mask, field);
    if (misfit !== undefined) {
      findings.push({
        rule: rule.agreementMask,
        pointer: below(at, 'mask', 'kind'),
        message: { zh: `${mask?.kind} 不适用于 ${path}`, en: `${mask?.kind} does not fit ${path}` },
        fix: misfit,
      });
    }
  }
  for (const [index, constraint] of (document.constraints ?? []).entries()) {
    findings.push(...constraintFindings(constraint, contract, below('/constraints', index)));
  }
  return findings;
}

/** True when granting the one grants the other: itself, or all below it. */
const covers = (path: string, other: string): boolean =>
  other === path || other.startsWith(`${path}.`) || other.startsWith(`${path}[]`);

const overlap = (pointer: string, wider: string): Finding => ({
  rule: rule.agreementOverlap,
  pointer,
  message: {
    zh: `已由 ${wider} 授予，脱敏会落空`,
    en: `${wider} grants this already, so a mask here would do nothing`,
  },
  fix: { zh: '两者只留一个', en: 'keep one of the two' },
});

/** What the mask can be put on, when not on this field. */
function maskMisfit({ kind }: Mask, { type, format }: FieldSchema): Text | undefined {
  const fits = {
    'keep-first': { on: type === 'string', zh: '只用于字符串', en: 'it is for strings' },
    'keep-last': { on: type === 'string', zh: '只用于字符串', en: 'it is for strings' },
    'year-only': { on: type === 'string' && format === 'date', zh: '只用于日期', en: 'it is for dates' },
    hash: {
      on: type === 'string' || type === 'number' || type === 'integer',
      zh: '只用于字符串与数',
      en: 'it is for strings and numbers',
    },
    exists: { on: true, zh: '', en: '' },
  }[kind];
  return fits.on ? undefined : { zh: fits.zh, en: fits.en };
}

function constraintFindings(constraint: Constraint, contract: Contract, at: string): Finding[] {
  const { request } = contract;
  const field = request.fields.get(constraint.field);
  if (field === undefined) {
    const known = [...request.fields.keys()];
    return [
      {
        rule: rule.agreementConstraint,
        pointer: below(at, 'field'),
        message: {
          zh: `请求契约里没有字段 ${constraint.field}`,
          en: `the request's contract has no field ${constraint.field}`,
        },
        fix: didYouMean(nearest(constraint.field, known), known),
      },
    ];
  }
  if (constraint.kind === 'own-division') {
    const residents = request.subjects.filter(({ kind }) => kind === 'resident').map(({ path }) => path);
    if (residents.includes(field.path)) return [];
    return [
      {
        rule: rule.agreementConstraint,
        pointer: below(at, 'field'),
        message: { zh: `${field.path} 不是公民身份号码`, en: `${field.path} is no resident identity number` },
        fix: didYouMean(undefined, residents),
      },
    ];
  }
  return (constraint.values ?? []).flatMap((value, index) =>
    holds(field.type, value)
      ? []
      : [
          {
            rule: rule.agreementConstraint,
            pointer: below(at, 'values', index),
            message: { zh: '该值不可能是这个字段的值', en: 'the field can never have this value' },
            fix: { zh: `类型应为 ${field.type ?? ''}`, en: `write a value of type ${field.type ?? ''}` },
          },
        ],
  );
}

const holds = (type: string | undefined, value: string | number | boolean): boolean =>
  type === undefined || typeof value === type || (type === 'integer' && Number.isInteger(value));
