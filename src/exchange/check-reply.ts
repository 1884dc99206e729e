/** Step *check reply*: does the department keep its contract, and is its reply about whom was asked? */
import type { Answer } from '../../adapters/adapter.js';
import type { Subject } from '../ledger/ledger.js';
import type { Exit } from '../problem.js';
import type { Service } from '../registry/registry.js';
import { subjectsIn } from './subject.js';
import type { Trail } from './trail.js';

/**
 * @returns the subjects of the exchange, request's and reply's, each once
 */
export function checkReply(answer: Answer, service: Service, trail: Trail): readonly Subject[] | Exit {
  const schema = service.contract.reply;
  const violations = schema.check(answer.body);
  if (violations !== null) return { code: 'STILE_REPLY_BREAKS_CONTRACT' };
  if (schema.subjects.length === 0) return trail.subjects;
  const asked = trail.subjects;
  const subjects = [...asked];
  for (const found of subjectsIn(answer.body, schema.subjects)) {
    const known = subjects.some(subject => subject.identifier === found.identifier && subject.kind === found.kind);
    if (found.role === 'asked' && !asked.some(s => s.identifier === found.identifier && s.kind === found.kind)) {
      return { code: 'STILE_REPLY_OTHER_SUBJECT' };
    }
    if (!known) subjects.push(found);
  }
  return subjects;
}
