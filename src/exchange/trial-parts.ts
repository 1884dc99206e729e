/** The parts of a composite service that is tried: each goes through all steps itself, and has a record of its own. */
import type { JsonObject, Parts, Reason } from '../../adapters/adapter.js';
import { errors } from '../errors.js';
import { LedgerError } from '../ledger/ledger.js';
import type { Exit } from '../problem.js';
import { openPart, underOf } from './parts.js';
import type { Trail } from './trail.js';
import type { RecordedTrial, TrialQuestion, TriedPart, Trying } from './trial.js';

/**
 * How the adapter of what is tried asks for its parts; undefined where it has none.
 *
 * @param tried takes each part after its end
 */
export function partsTried(
  question: TrialQuestion,
  trail: Trail,
  trying: Trying,
  tried: TriedPart[],
): Parts | undefined {
  if (trail.service?.parts === undefined) return undefined;
  const reasonOf = ({ code }: Exit): Reason => ({ code, title: errors[code].title[trying.call.language] });
  return {
    notAsked: reasonOf({ code: 'STILE_PARTS_INCOMPLETE' }),
    async exchange({ step, service, request, until }) {
      const own = openPart(trail, service, until);
      const ending = trying.run({ ...question, service, request }, own).catch(unrecorded(own));
      trying.underWay.add(ending);
      const part = await ending;
      tried.push({ ...part, step });
      const { exit, record, raw, released } = part;
      trail.parts = [...trail.parts, { step, service, record, exit }];
      if (exit !== undefined) return reasonOf(exit);
      trail.under = [...trail.under, ...underOf(own)];
      return { body: released as JsonObject, asOf: raw?.asOf };
    },
  };
}

/** What has no record goes no further, and is not shown. */
function unrecorded(trail: Trail): (error: unknown) => RecordedTrial {
  return error => {
    if (!(error instanceof LedgerError)) throw error;
    const exit: Exit = { code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 };
    const nothing = { raw: undefined, released: undefined, seal: undefined, record: undefined };
    return { steps: [], exit, trail, subjects: [], parts: [], ...nothing };
  };
}
