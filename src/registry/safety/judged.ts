/** What a safety rule says of a document before it has its text: the rule, the place, and what is particular to it. */
import type { Text } from '../../text.js';
import type { Finding } from '../fault.js';
import { type SafetyRuleId, safetyRules } from './safety-rule.js';

export interface Judged {
  readonly rule: SafetyRuleId;
  /** RFC 6901, within the document. */
  readonly pointer: string;
  readonly at?: 'key';
  /** Names of fields, which the text ends with. */
  readonly names?: readonly string[];
  readonly found?: string;
  /** It hangs on a reference that is not resolved: nobody is told, and an exception from it is not idle. */
  readonly isOpen?: true;
}

/** Most names that are told. */
const mostNames = 6;

/** The finding with its rule's text. */
export function told({ rule, pointer, at, names, found }: Judged): Finding {
  const { message, fix } = safetyRules[rule];
  return {
    rule,
    pointer,
    ...(at === undefined ? {} : { at }),
    ...(found === undefined ? {} : { found }),
    message: names === undefined ? message : withNames(message, names),
    fix,
  };
}

function withNames({ zh, en }: Text, names: readonly string[]): Text {
  const list = names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ', …' : '');
  return { zh: `${zh}：${list}`, en: `${en}: ${list}` };
}
