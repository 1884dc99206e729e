/** What is told of a contract that breaks those who use it: where, what, whom it touches, and the way out. */
import type { Fault } from '../fault.js';
import { changeRules, lost } from './change-rule.js';
import type { ServiceBroken } from './judge-contracts.js';

export type ChangeFinding = Omit<Fault, 'rule'> & Pick<ServiceBroken, 'rule' | 'service' | 'field' | 'agreements'>;

/** @param place where in the new contract's files it is */
export function changeFinding(
  { rule, service, field, agreements }: ServiceBroken,
  { file, line, column, pointer }: Pick<Fault, 'file' | 'line' | 'column' | 'pointer'>,
): ChangeFinding {
  const { zh, en } = changeRules[rule];
  const touched = agreements.join(', ');
  const next = nextVersion(service);
  return {
    rule,
    service,
    field,
    agreements,
    file,
    line,
    column,
    pointer,
    message: {
      zh: `${field === '' ? service : field}：${zh}${touched === '' ? '' : `，涉及协议 ${touched}`}`,
      en: `${field === '' ? service : field}: ${en}${touched === '' ? '' : `, which touches ${touched}`}`,
    },
    fix:
      rule === lost.contract
        ? { zh: '放回原处，或先终止其协议', en: 'put it back, or end its agreements first' }
        : { zh: `改回原样，或另立 ${next}`, en: `take it back, or make it ${next}` },
  };
}

/** `department/service/v1` → `department/service/v2` */
const nextVersion = (service: string): string => service.replace(/[0-9]+$/, version => String(Number(version) + 1));
