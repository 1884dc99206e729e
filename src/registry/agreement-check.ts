/** Checks an agreement against the registry: what it names must exist, and its masks and constraints must fit the contract. */
import type { Agreement as AgreementDocument } from '../../schemas/stile/agreements.js';
import type { Agreement } from '../agreements/agreement.js';
import { withDefaults } from './defaults.js';
import { below, type Finding, rule } from './fault.js';
import { fieldFindings } from './grant-check.js';
import { nearest } from './nearest.js';
import { type Registry, type Service, sharing } from './registry.js';
import { shapeFindings, strings } from './shape.js';
import { didYouMean, makeFirst } from './shape-text.js';
import { agreementSchema } from './stile-schema.js';

/** An agreement as its parties write it, before the store gives it version, state and pins. */
export type AgreementTerms = Omit<Agreement, 'version' | 'state' | 'pins'>;

export interface CheckedAgreement {
  /** With defaults filled; absent when there is any finding. */
  readonly terms?: AgreementTerms;
  readonly findings: readonly Finding[];
}

/**
 * Checks one agreement: its shape by schemas/stile/agreements.json, then what it names. Both the check of config and
 * the API that takes agreements call this; nothing enters the store that it has a finding on.
 *
 * @param document one item of an agreements file's list, as parsed
 * @param registry what it is checked against
 */
export function checkAgreement(document: unknown, registry: Registry): CheckedAgreement {
  const findings = agreementFindings(document, registry);
  if (findings.length > 0) return { findings };
  return { terms: withDefaults(document, agreementSchema) as AgreementTerms, findings };
}

/** The same for who needs no terms. */
export function agreementFindings(document: unknown, registry: Registry): readonly Finding[] {
  const shape = shapeFindings(document, agreementSchema, strings.plain);
  if (shape.length > 0) return shape;
  const written = document as AgreementDocument;
  return [
    ...dateFindings(written),
    ...partyFindings(written, registry),
    ...serviceFindings(written, registry.services.get(written.service), registry),
  ];
}

/** Days compare as text: the format has fixed each to YYYY-MM-DD. */
function dateFindings({ from, until }: AgreementDocument): Finding[] {
  if (from <= until) return [];
  return [
    {
      rule: rule.agreementDates,
      pointer: '/until',
      message: { zh: '截止日早于起始日', en: 'the last day is before the first' },
      fix: { zh: `应不早于 ${from}`, en: `write ${from} or later` },
    },
  ];
}

function partyFindings(written: AgreementDocument, registry: Registry): Finding[] {
  const findings: Finding[] = [];
  for (const party of ['provider', 'consumer'] as const) {
    if (!registry.departments.has(written[party])) {
      const known = [...registry.departments.keys()];
      findings.push(
        unknown(rule.unknownDepartment, `/${party}`, { zh: '部门', en: 'department' }, written[party], known),
      );
    }
  }
  const consumer = registry.departments.get(written.consumer);
  if (consumer?.isPeer) findings.push(forItself(written.consumer, registry));
  // The clients behind a peer are known to that peer alone.
  const isOwn = consumer !== undefined && consumer.peer === undefined;
  for (const [index, client] of (written.clients ?? []).entries()) {
    if (!isOwn || registry.clients.has(`${consumer.id}/${client}`)) continue;
    const known = clientsOf(consumer.id, registry);
    findings.push(
      unknown(rule.unknownClient, below('/clients', index), { zh: '调用系统', en: 'client' }, client, known),
    );
  }
  for (const [index, purpose] of written.purposes.entries()) {
    if (registry.purposes.has(purpose)) continue;
    const known = [...registry.purposes.keys()];
    findings.push(
      unknown(rule.unknownPurpose, below('/purposes', index), { zh: '用途', en: 'purpose' }, purpose, known),
    );
  }
  return findings;
}

const clientsOf = (department: string, { clients }: Registry): string[] =>
  [...clients.values()]
    .filter(client => client.department === department)
    .map(({ id }) => id.slice(department.length + 1));

function serviceFindings(written: AgreementDocument, service: Service | undefined, registry: Registry): Finding[] {
  if (service === undefined) {
    const known = [...registry.services.keys()];
    return [unknown(rule.unknownService, '/service', { zh: '数据服务', en: 'service' }, written.service, known)];
  }
  const findings = fieldFindings(written, service.contract);
  if (service.department !== written.provider && registry.departments.has(written.provider)) {
    findings.push({
      rule: rule.agreementProvider,
      pointer: '/provider',
      message: { zh: '该服务不属于此部门', en: "the service is not this department's" },
      fix: { zh: `应为 ${service.department}`, en: `write ${service.department}` },
    });
  }
  if (service.sharing === sharing.withheld) {
    findings.push({
      rule: rule.agreementWithheld,
      pointer: '/service',
      message: { zh: '该服务不予共享', en: 'the service is withheld' },
      fix: { zh: '不能就它订立协议', en: 'no agreement can be made on it' },
    });
  }
  return findings;
}

function forItself(peer: string, registry: Registry): Finding {
  const own = [...registry.departments.values()].filter(department => department.peer === peer).map(({ id }) => id);
  return {
    rule: rule.agreementConsumer,
    pointer: '/consumer',
    message: { zh: '对端网关不为自己提出请求', en: 'a peer asks nothing for itself' },
    fix: { zh: `写它的部门：${own.join('、')}`, en: `write one of its departments: ${own.join(', ')}` },
  };
}

const unknown = (
  which: Finding['rule'],
  pointer: string,
  noun: { zh: string; en: string },
  name: string,
  known: readonly string[],
): Finding => ({
  rule: which,
  pointer,
  message: { zh: `没有${noun.zh} ${name}`, en: `there is no ${noun.en} ${name}` },
  fix: didYouMean(nearest(name, known), known, makeFirst),
});
