/** What is wrong with a file of config/ or schemas/, and what would be right; every rule has a stable name. */
import type { Text } from '../text.js';
import type { SafetyRuleId } from './safety/safety-rule.js';

export const rule = {
  /** A file or folder that should be there is not, or cannot be read. */
  fileMissing: 'file-missing',
  fileUnknown: 'file-unknown',
  notUtf8: 'not-utf-8',
  syntax: 'syntax',
  duplicateKey: 'duplicate-key',
  schemaLine: 'schema-line',
  unknownKey: 'unknown-key',
  missingKey: 'missing-key',
  wrongType: 'wrong-type',
  wrongValue: 'wrong-value',
  purposeWithoutBasis: 'purpose-without-basis',
  idNotFileName: 'id-not-file-name',
  duplicateId: 'duplicate-id',
  unknownAdapter: 'unknown-adapter',
  unknownAdapterKind: 'unknown-adapter-kind',
  adapterSetting: 'adapter-setting',
  adapterField: 'adapter-field',
  compositePart: 'composite-part',
  unknownDepartment: 'unknown-department',
  unknownClient: 'unknown-client',
  unknownService: 'unknown-service',
  unknownPurpose: 'unknown-purpose',
  literalSecret: 'literal-secret',
  reference: 'reference',
  unresolved: 'unresolved',
  keyInvalid: 'key-invalid',
  keyPrivate: 'key-private',
  keyShared: 'key-shared',
  keyOfSandbox: 'key-of-sandbox',
  witnessKey: 'witness-key',
  witnessPolicy: 'witness-policy',
  releaseLevel: 'release-level',
  deprecation: 'deprecation',
  replyCache: 'reply-cache',
  peer: 'peer',
  /** Told by the departments' live systems: one is not there, or is otherwise than its settings say. */
  systemAway: 'system-away',
  systemMismatch: 'system-mismatch',
  contractMissing: 'contract-missing',
  contractDialect: 'contract-dialect',
  contractId: 'contract-id',
  contractKeyword: 'contract-keyword',
  contractInvalid: 'contract-invalid',
  contractReference: 'contract-reference',
  contractOpen: 'contract-open',
  contractRecursive: 'contract-recursive',
  contractSubject: 'contract-subject',
  contractPattern: 'contract-pattern',
  contractExample: 'contract-example',
  agreementProvider: 'agreement-provider',
  agreementConsumer: 'agreement-consumer',
  agreementWithheld: 'agreement-withheld',
  agreementDates: 'agreement-dates',
  agreementField: 'agreement-field',
  agreementOverlap: 'agreement-overlap',
  agreementMask: 'agreement-mask',
  agreementConstraint: 'agreement-constraint',
} as const;
export type Rule = (typeof rule)[keyof typeof rule];

/** A fault found in a value, wherever that value came from. It quotes names and ids, never a secret. */
export interface Finding {
  readonly rule: Rule | SafetyRuleId;
  /** RFC 6901, within the document. */
  readonly pointer: string;
  /** Whether the key at the pointer is to blame, or its value (the default). */
  readonly at?: 'key';
  /** The value that stands there, as JSON; absent where it is no short scalar, or may be a secret. */
  readonly found?: string;
  readonly message: Text;
  /** What would be right. */
  readonly fix: Text;
}

/** A finding in a file. */
export interface Fault {
  readonly rule: Rule | SafetyRuleId;
  /** Path as the operator would type it. */
  readonly file: string;
  /** Both counted from 1. */
  readonly line: number;
  readonly column: number;
  readonly pointer: string;
  readonly found?: string;
  readonly message: Text;
  readonly fix: Text;
}

/** One more reference token on a pointer (RFC 6901, section 3). */
export const below = (pointer: string, ...tokens: readonly (string | number)[]): string =>
  tokens.reduce<string>((path, token) => `${path}/${typeof token === 'number' ? token : escaped(token)}`, pointer);

const escaped = (token: string): string =>
  /[~/]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;

/** The reference tokens of a pointer, unescaped. */
export const tokens = (pointer: string): string[] => {
  const escaped = pointer.split('/').slice(1);
  return pointer.includes('~') ? escaped.map(token => token.replaceAll('~1', '/').replaceAll('~0', '~')) : escaped;
};

/** What stands at the pointer; undefined where nothing does. */
export const valueAt = (value: unknown, pointer: string): unknown =>
  tokens(pointer).reduce<unknown>(
    (held, token) =>
      typeof held === 'object' && held !== null && Object.hasOwn(held, token)
        ? (held as Record<string, unknown>)[token]
        : undefined,
    value,
  );
