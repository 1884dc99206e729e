/** Judges the safety of a sound config by the numbered rules, and takes out what a stated exception excuses. */
import type { ReadConfigFile } from '../../../adapters/adapter.js';
import type { Agreement as AgreementDocument, AgreementsFile } from '../../../schemas/stile/agreements.js';
import type { DepartmentFile } from '../../../schemas/stile/department.js';
import type { PurposesFile } from '../../../schemas/stile/purposes.js';
import type { SettingsFile } from '../../../schemas/stile/stile.js';
import type { Document } from '../document.js';
import { below, type Fault } from '../fault.js';
import { fileKind } from '../files.js';
import type { Contract } from '../registry.js';
import type { Source } from '../source.js';
import { type Excepted, exceptionsOf, withoutExcepted } from './exceptions.js';
import { gatewayRules, purposeRules } from './gateway-rules.js';
import { grantRules, termRules } from './grant-rules.js';
import type { Judged } from './judged.js';
import { serviceRules } from './service-rules.js';
import { upstreamRules } from './upstream-rules.js';

export interface Safety {
  /** By file, line and column. */
  readonly faults: readonly Fault[];
  readonly excepted: readonly Excepted[];
}

/**
 * Judges a document without faults, but for one of agreements.
 *
 * @param contracts of a department, by service id
 * @param readFile reads what it names, below the config folder
 */
export function judgeDocument(
  { kind, source, value }: Document,
  contracts: ReadonlyMap<string, Contract>,
  readFile: ReadConfigFile,
): Safety {
  return withoutExcepted(judge(kind, value, contracts, readFile), exceptionsOf(value), source);
}

function judge(
  kind: Document['kind'],
  value: unknown,
  contracts: ReadonlyMap<string, Contract>,
  readFile: ReadConfigFile,
): Judged[] {
  switch (kind) {
    case fileKind.settings:
      return gatewayRules(value as SettingsFile);
    case fileKind.purposes:
      return purposeRules(value as PurposesFile);
    case fileKind.department:
      return [...upstreamRules(value as DepartmentFile, readFile), ...serviceRules(value as DepartmentFile, contracts)];
    case fileKind.agreements:
      return [];
  }
}

/** Judges a file of agreements without faults by what was found of each of them. */
export const judgeAgreements = ({ source, value }: Document, found: readonly (readonly Judged[])[]): Safety =>
  withoutExcepted(found.flatMap(placed), exceptionsOf(value), source);

/** @param contract of the service; absent: what is granted of it is not judged */
export const agreementRules = (agreement: AgreementDocument, contract?: Contract): Judged[] => [
  ...termRules(agreement),
  ...(contract === undefined ? [] : grantRules(agreement, contract)),
];

const placed = (found: readonly Judged[], index: number): Judged[] =>
  found.map(each => ({ ...each, pointer: below('/agreements', index) + each.pointer }));

/**
 * A file of agreements by itself: without the contracts, and without exceptions from the rules that need them.
 *
 * @param file what the source says, without faults
 */
export function agreementSafety(file: AgreementsFile, source: Source): readonly Fault[] {
  const judged = file.agreements.map(each => agreementRules(each)).flatMap(placed);
  const due = exceptionsOf(file).filter(({ rule }) => judged.some(each => each.rule === rule));
  return withoutExcepted(judged, due, source).faults.filter(({ rule }) => rule !== 'STILE-S090');
}
