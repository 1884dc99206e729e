/** Judges services: what they tell of persons and to whom, how they are asked, and what one answer may cost. */
import type { DepartmentFile } from '../../../schemas/stile/department.js';
import { adapterKinds } from '../adapter-kinds.js';
import { below } from '../fault.js';
import { type Contract, sharing } from '../registry.js';
import { containersOf, leavesOf } from './grant-rules.js';
import type { Judged } from './judged.js';

const longestDeadline = 30_000;
const largestReply = 16 * 1024 * 1024;
const isPersonal = (level: string | undefined): boolean => level === 'personal' || level === 'sensitive';

/** @param contracts by service id */
export function serviceRules(file: DepartmentFile, contracts: ReadonlyMap<string, Contract>): Judged[] {
  const slow = Object.entries(file.adapters ?? {}).flatMap(([id, { resilience }]) =>
    tooLong(resilience?.deadline, below('/adapters', id, 'resilience')),
  );
  const services = Object.entries(file.services ?? {}).flatMap(([key, service]) => {
    const pointer = below('/services', key);
    const contract = contracts.get(`${file.id}/${key}`);
    const { deadline, replyLimit = 0 } = service;
    const found = tooLong(deadline, pointer);
    if (replyLimit > largestReply) {
      found.push({ rule: 'STILE-S022', pointer: `${pointer}/replyLimit`, found: String(replyLimit) });
    }
    if (contract === undefined) return found;
    const leaves = leavesOf(contract.reply.fields);
    const personal = leaves.some(({ sensitivity }) => isPersonal(sensitivity));
    if (personal && service.sharing === sharing.unconditional) {
      found.push({ rule: 'STILE-S023', pointer: `${pointer}/sharing` });
    }
    if (personal && contract.request.subjects.every(({ role }) => role !== 'asked')) {
      found.push({ rule: 'STILE-S024', pointer, at: 'key' });
    }
    const unrated = leaves.filter(({ path, sensitivity }) => {
      const levels = containersOf(path).map(above => contract.reply.fields.get(above)?.sensitivity);
      return [sensitivity, ...levels].every(level => level === undefined);
    });
    if (unrated.length > 0) {
      found.push({ rule: 'STILE-S025', pointer, at: 'key', names: unrated.map(({ path }) => path) });
    }
    return [...found, ...identifiersInUrl(file, key, contract)];
  });
  return [...slow, ...services];
}

/** @param pointer to what holds the deadline */
const tooLong = (deadline: number | undefined, pointer: string): Judged[] =>
  deadline !== undefined && deadline > longestDeadline
    ? [{ rule: 'STILE-S021', pointer: below(pointer, 'deadline'), found: String(deadline) }]
    : [];

/** Where the adapter writes whom is asked about into the path or the query. */
function identifiersInUrl(file: DepartmentFile, key: string, { request }: Contract): Judged[] {
  const { adapter = '', ask = {} } = file.services?.[key] ?? {};
  const module = adapterKinds.get(file.adapters?.[adapter]?.kind ?? '');
  const subjects = new Set(request.subjects.map(({ path }) => path));
  const named = module?.names?.(ask) ?? [];
  return named
    .filter(({ half, path }) => half === 'request' && subjects.has(path))
    .filter(({ pointer }) => pointer === '/path' || /^\/(?:parameters|query)\//.test(pointer))
    .filter(() => 'path' in ask)
    .map(({ path, pointer }) => ({
      rule: 'STILE-S020' as const,
      pointer: below('/services', key, 'ask') + pointer,
      names: [path],
    }));
}
