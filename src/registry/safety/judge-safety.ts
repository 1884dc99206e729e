/** Judges the safety of a sound config by the numbered rules, and takes out what a stated exception excuses. */
import type { ReadConfigFile } from '../../../adapters/adapter.js';
import type { AgreementsFile } from '../../../schemas/stile/agreements.js';
import type { DepartmentFile } from '../../../schemas/stile/department.js';
import type { PurposesFile } from '../../../schemas/stile/purposes.js';
import type { SettingsFile } from '../../../schemas/stile/stile.js';
import { configFile } from '../config-file.js';
import type { Document } from '../document.js';
import { below, type Fault } from '../fault.js';
import { fileKind } from '../files.js';
import type { Contract, Registry } from '../registry.js';
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
 * @param documents of a config without faults
 * @param registry made of them
 * @param configFolder where what they name by relative paths is
 */
export function judgeSafety(documents: readonly Document[], registry: Registry, configFolder: string): Safety {
  const contracts = new Map([...registry.services].map(([id, { contract }]) => [id, contract]));
  const readFile: ReadConfigFile = path => configFile(configFolder, path);
  const judged = documents.map(({ kind, source, value }) =>
    withoutExcepted(judge(kind, value, contracts, readFile), exceptionsOf(value), source),
  );
  return { faults: judged.flatMap(({ faults }) => faults), excepted: judged.flatMap(({ excepted }) => excepted) };
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
      return agreementRules(value as AgreementsFile, contracts);
  }
}

/**
 * A file of agreements by itself: without the contracts, and without exceptions from the rules that need them.
 *
 * @param file what the source says, without faults
 */
export function agreementSafety(file: AgreementsFile, source: Source): readonly Fault[] {
  const judged = agreementRules(file, new Map());
  const due = exceptionsOf(file).filter(({ rule }) => judged.some(each => each.rule === rule));
  return withoutExcepted(judged, due, source).faults.filter(({ rule }) => rule !== 'STILE-S090');
}

/** @param contracts by service id; what is granted of others is not judged */
const agreementRules = ({ agreements }: AgreementsFile, contracts: ReadonlyMap<string, Contract>): Judged[] =>
  agreements.flatMap((agreement, index) => {
    const contract = contracts.get(agreement.service);
    const found = [...termRules(agreement), ...(contract === undefined ? [] : grantRules(agreement, contract))];
    return found.map(each => ({ ...each, pointer: below('/agreements', index) + each.pointer }));
  });
