/** What mapping rules are compiled against. */
import type { CodeList } from '../schemas/stile/adapters/http-service.js';
import type { RuleFault } from './rule-fault.js';

export const direction = { toContract: 'to-contract', toDepartment: 'to-department' } as const;
export type Direction = (typeof direction)[keyof typeof direction];

/** Of a department's clock where config says nothing: China's, all of it. */
export const defaultUtcOffset = '+08:00';

export interface MappingScope {
  readonly direction: Direction;
  /** Code lists that rules may name. */
  readonly codes: Readonly<Record<string, CodeList>>;
  /** Offset of the department's clock from UTC, such as `+08:00`. */
  readonly utcOffset: string;
  /** Told of each fault in the rules, with its RFC 6901 pointer. */
  readonly report: (pointer: string, fault: RuleFault) => void;
}
