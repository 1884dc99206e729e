/** Step *check reply*: does the department keep its contract, and is its reply about whom was asked? */
import type { Answer } from '../../adapters/adapter.js';
import { entrySubjects, type Subject } from '../ledger/ledger.js';
import type { Exit } from '../problem.js';
import type { Service } from '../registry/registry.js';
import { personOf, subjectsIn } from './subject.js';
import type { Trail } from './trail.js';

/**
 * @returns the subjects of the exchange, request's and reply's, each once
 */
export function checkReply(answer: Answer, service: Service, trail: Trail): readonly Subject[] | Exit {
  const schema = service.contract.reply;
  const violations = schema.check(answer.body);
  if (violations !== null) return { code: 'STILE_REPLY_BREAKS_CONTRACT' };
  if (schema.subjects.length === 0) return trail.subjects;
  const subjects = new Map(trail.subjects.map(subject => [personOf(subject), subject]));
  const asked = new Set(subjects.keys());
  for (const found of subjectsIn(answer.body, schema.subjects)) {
    const person = personOf(found);
    if (found.role === 'asked' && !asked.has(person)) return { code: 'STILE_REPLY_OTHER_SUBJECT' };
    if (!subjects.has(person)) subjects.set(person, found);
  }
  return subjects.size > entrySubjects ? { code: 'STILE_REPLY_TOO_MANY_SUBJECTS' } : [...subjects.values()];
}
