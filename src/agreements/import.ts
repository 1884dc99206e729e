/** Imports agreements: checks all of them, then makes what is new and gives what has other terms its next version. */

import type { StaffPrincipal } from '../identity/principal.js';
import { canonicalText } from '../ledger/canonical.js';
import { type Exit, isExit } from '../problem.js';
import { type AgreementTerms, checkAgreement } from '../registry/agreement-check.js';
import type { Finding } from '../registry/fault.js';
import type { Registry, Violation } from '../registry/registry.js';
import type { Text } from '../text.js';
import { type Agreement, type AgreementState, agreementState } from './agreement.js';
import { type AgreementChanges, type Committed, changeAgreements, mostChanges, type PlannedChange } from './change.js';
import { type ImportResult, importResult } from './import-result.js';
import { pinsOf } from './pin.js';
import { agreementAction, nextState, stateOf } from './state.js';
import { readSome } from './store.js';

export interface ImportedAgreement {
  readonly agreement: Agreement;
  readonly state: AgreementState;
  readonly result: ImportResult;
}

export interface Imported {
  /** In the order of the documents. */
  readonly agreements: readonly ImportedAgreement[];
  /** Undefined when nothing changed: then nothing was recorded either. */
  readonly committed: Committed | undefined;
}

interface ImportPlan {
  readonly agreements: readonly ImportedAgreement[];
  readonly changes: readonly PlannedChange[];
}

/**
 * Imports agreements, all or none. To import is to consent: new terms pin what is in force now.
 *
 * @param documents as their parties wrote them
 * @param by an officer; one of a department imports only what that department provides
 */
export async function importAgreements(
  documents: readonly unknown[],
  by: StaffPrincipal,
  changes: AgreementChanges,
): Promise<Imported | Exit> {
  const found = await changeAgreements(
    async registry => {
      const terms = checkDocuments(documents, by, registry);
      if (isExit(terms)) return terms;
      const ids = terms.map(({ id }) => id);
      const agreements = await readSome(changes.pool, ids);
      return planImport(terms, new Map(agreements.map(held => [held.id, held])), registry);
    },
    by,
    changes,
  );
  return isExit(found) ? found : { agreements: found.plan.agreements, committed: found.committed };
}

function checkDocuments(
  documents: readonly unknown[],
  by: StaffPrincipal,
  registry: Registry,
): AgreementTerms[] | Exit {
  if (documents.length > mostChanges) return invalid([violation('/agreements', words.many)]);
  const checked = documents.map(document => checkAgreement(document, registry));
  const faults = checked.flatMap(({ findings }, at) => findings.map(finding => violationOf(finding, at)));
  if (faults.length > 0) return invalid(faults);
  const terms = checked.flatMap(each => each.terms ?? []);
  const ids = terms.map(({ id }) => id);
  const more = terms.flatMap((each, at) => [
    ...(ids.indexOf(each.id) < at ? [violation(`/agreements/${at}/id`, words.twice)] : []),
    // PostgreSQL's jsonb cannot hold it, and no field of any system has use for it.
    ...(canonicalText(each).includes('\\u0000') ? [violation(`/agreements/${at}`, words.null)] : []),
  ]);
  if (more.length > 0) return invalid(more);
  const others = terms.some(({ provider }) => by.department !== undefined && provider !== by.department);
  return others ? { code: 'STILE_AGREEMENT_PROVIDER' } : terms;
}

function planImport(
  terms: readonly AgreementTerms[],
  held: ReadonlyMap<string, Agreement>,
  registry: Registry,
): ImportPlan | Exit {
  const agreements: ImportedAgreement[] = [];
  const changes: PlannedChange[] = [];
  for (const [at, each] of terms.entries()) {
    const planned = planOne(each, `/agreements/${at}`, held.get(each.id), registry);
    if (isExit(planned)) return planned;
    agreements.push(planned);
    if (planned.result !== importResult.unchanged) {
      changes.push({ agreement: planned.agreement, action: agreementAction.import });
    }
  }
  return { agreements, changes };
}

function planOne(
  terms: AgreementTerms,
  pointer: string,
  held: Agreement | undefined,
  registry: Registry,
): ImportedAgreement | Exit {
  const service = registry.services.get(terms.service);
  if (service === undefined) throw new Error(`${terms.id} was checked, yet its service is unknown`);
  const pins = pinsOf(service);
  if (held === undefined) {
    const { active } = agreementState;
    return { agreement: { ...terms, version: 1, state: active, pins }, state: active, result: importResult.made };
  }
  const state = stateOf(held, registry.services.get(held.service));
  if (sameTerms(terms, held)) return { agreement: held, state, result: importResult.unchanged };
  for (const party of ['provider', 'consumer', 'service'] as const) {
    if (terms[party] !== held[party]) return invalid([violation(`${pointer}/${party}`, words.party)]);
  }
  const next = nextState(agreementAction.import, state);
  if (next === undefined) {
    return { code: 'STILE_AGREEMENT_STATE', violations: [violation(`${pointer}/id`, words.ended)] };
  }
  const agreement = { ...terms, version: held.version + 1, state: next, pins };
  return { agreement, state: next, result: importResult.changed };
}

function sameTerms(terms: AgreementTerms, held: Agreement): boolean {
  const { version: _version, state: _state, pins: _pins, ...heldTerms } = held;
  return canonicalText(terms) === canonicalText(heldTerms);
}

const violationOf = ({ pointer, rule, message, fix }: Finding, at: number): Violation => ({
  pointer: `/agreements/${at}${pointer}`,
  keyword: rule,
  message: { zh: `${message.zh}；${fix.zh}`, en: `${message.en}; ${fix.en}` },
});

const violation = (pointer: string, message: Text): Violation => ({ pointer, keyword: 'stile', message });

const invalid = (violations: readonly Violation[]): Exit => ({ code: 'STILE_AGREEMENT_INVALID', violations });

const words = {
  twice: { zh: '协议编号重复', en: 'this id is there twice' },
  null: { zh: '含空字符 U+0000', en: 'it holds a null character' },
  many: { zh: `一次最多导入 ${mostChanges} 份`, en: `one import takes at most ${mostChanges}` },
  party: {
    zh: '协议的提供部门、使用部门与服务不可更改；请使用新的编号',
    en: 'an agreement keeps its provider, consumer and service; use another id',
  },
  ended: { zh: '协议已终止；请使用新的编号', en: 'the agreement has ended; use another id' },
} satisfies Record<string, Text>;
