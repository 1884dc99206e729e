/** Judges which replies may be given again from memory: of services that change nothing, about nobody. */
import type { DepartmentFile } from '../../schemas/stile/department.js';
import { adapterKinds } from './adapter-kinds.js';
import { below, type Finding, rule } from './fault.js';
import type { Contract } from './registry.js';

/**
 * @param file as written
 * @param contracts by service id; a service whose contract has faults is judged once it has none
 */
export function replyCacheFindings(file: DepartmentFile, contracts: ReadonlyMap<string, Contract>): Finding[] {
  return Object.entries(file.services ?? {}).flatMap(([key, service]) => {
    if (service?.cache === undefined) return [];
    const pointer = below('/services', key, 'cache');
    const contract = contracts.get(`${file.id}/${key}`);
    const subjects = contract === undefined ? [] : [...contract.request.subjects, ...contract.reply.subjects];
    const [subject] = subjects;
    const isComposite = adapterKinds.get(file.adapters?.[service.adapter ?? '']?.kind ?? '')?.parts !== undefined;
    return [
      ...(service.safe ? [] : [effects(pointer)]),
      ...(isComposite ? [composed(pointer)] : []),
      ...(subject === undefined ? [] : [personal(pointer, subject.path)]),
    ];
  });
}

const fix = { zh: '删去 cache', en: 'leave cache out' };

const effects = (pointer: string): Finding => ({
  rule: rule.replyCache,
  pointer,
  message: {
    zh: '该服务会改变部门数据，答复不得留存',
    en: 'the service has effects, so its replies are not given again',
  },
  fix,
});

const composed = (pointer: string): Finding => ({
  rule: rule.replyCache,
  pointer,
  message: {
    zh: '组合服务的答复是依某一使用部门的协议合成的，不得给予他人',
    en: "a composite's reply is made of what one consumer may see, and is not given to another",
  },
  fix,
});

const personal = (pointer: string, path: string): Finding => ({
  rule: rule.replyCache,
  pointer,
  message: {
    zh: `契约标明 ${path} 指向数据主体，个人信息不得留存`,
    en: `the contract marks ${path} as a subject's, and personal data is never kept`,
  },
  fix,
});
