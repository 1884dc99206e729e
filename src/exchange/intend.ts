/** Step *intend*: for services with effects, and those whose config asks for it, an intent is durable before the department is asked. */
import { entryKind, LedgerError, ledgerFault, positionText } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import { decideAgain, mostDecisions } from './decision.js';
import type { Gateway } from './gateway.js';
import type { Prepared } from './prepare.js';
import { entryOf, type Trail } from './trail.js';

/** @returns what was prepared, under a new decision when the agreements have moved meanwhile */
export async function intend(prepared: Prepared, gateway: Gateway, trail: Trail): Promise<Prepared | Exit> {
  if (!prepared.service.intent) return prepared;
  let current = prepared;
  for (let decisions = 1; decisions <= mostDecisions; decisions++) {
    const entry = { ...entryOf(trail, undefined), kind: entryKind.intent, outcome: undefined, fields: undefined };
    try {
      const { agreements, subjects } = trail;
      trail.intent = positionText(await gateway.ledger.append({ entry, agreements, subjects, opensIntent: true }));
      return current;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      if (error.fault !== ledgerFault.moved) break;
    }
    const grant = await decideAgain(current, gateway, trail);
    if (isExit(grant)) return grant;
    current = { ...current, grant };
  }
  return { code: 'STILE_INTENT_UNRECORDED', retryAfter: 1 };
}
