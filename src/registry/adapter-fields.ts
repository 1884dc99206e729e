/** Holds the fields that adapters' settings name against the contracts: a misspelt one would fail every exchange. */
import { type NamedField, namedIn } from '../../adapters/adapter.js';
import type { DepartmentFile } from '../../schemas/stile/department.js';
import { adapterKinds } from './adapter-kinds.js';
import { below, type Finding, rule } from './fault.js';
import { nearest } from './nearest.js';
import type { Contract } from './registry.js';
import { shapeFindings, strings } from './shape.js';
import { didYouMean } from './shape-text.js';

/**
 * @param file as written
 * @param contracts by service id; a service whose contract has faults is not judged
 */
export function adapterFieldFindings(file: DepartmentFile, contracts: ReadonlyMap<string, Contract>): Finding[] {
  return Object.entries(file.services ?? {}).flatMap(([key, { adapter = '', ask = {} }]) => {
    const module = adapterKinds.get(file.adapters?.[adapter]?.kind ?? '');
    const contract = contracts.get(`${file.id}/${key}`);
    if (module?.names === undefined || contract === undefined) return [];
    if (shapeFindings(ask, module.serviceSchema, strings.written).length > 0) return [];
    return unknownFields(module.names(ask), contract, below('/services', key, 'ask'), namedIn.reply);
  });
}

/**
 * Those of the fields that the contract does not have.
 *
 * @param base pointer of the service's own settings
 * @param made the half of the contract that the settings make; they read the other
 */
export function unknownFields(
  fields: readonly NamedField[],
  contract: Contract,
  base: string,
  made: NamedField['half'],
): Finding[] {
  const unknown = fields.filter(({ half, path }) => !contract[half].fields.has(path));
  return unknown
    .filter(named => !unknown.some(other => isWithin(named, other)))
    .map(({ half, path, pointer }) => {
      const known = [...contract[half].fields.keys()];
      return {
        rule: rule.adapterField,
        pointer: base + pointer,
        // What is made is named by the key of its rule, what is read by a value.
        ...(half === made ? { at: 'key' as const } : {}),
        message: {
          zh: `契约的${half === 'reply' ? '答复' : '请求'}中没有字段 ${path}`,
          en: `the contract's ${half} has no field ${path}`,
        },
        fix: didYouMean(nearest(path, known), known),
      };
    });
}

/** Nothing more need be said of what is within a field that is not there. */
const isWithin = (inner: NamedField, outer: NamedField): boolean =>
  inner.half === outer.half && (inner.path.startsWith(`${outer.path}.`) || inner.path.startsWith(`${outer.path}[]`));
