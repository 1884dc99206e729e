/** RFC 9457 problem details: the one form in which every error leaves the gateway. */
import { type ErrorCode, errors } from './errors.js';
import type { Violation } from './registry/registry.js';
import type { Language } from './text.js';

/** Why a request got no data: a value of the table in errors.ts with what this case adds. */
export interface Exit {
  readonly code: ErrorCode;
  readonly violations?: readonly Violation[];
  /** Seconds after which trying again may help. */
  readonly retryAfter?: number;
  /** The services that a composite one is made of and that gave no reply. */
  readonly parts?: readonly PartExit[];
  /** Headers this exit must carry, such as `WWW-Authenticate` or `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a service that another is made of gave no reply. */
export interface PartExit {
  readonly step: string;
  readonly service: string;
  readonly exit: Exit;
  /** Ledger position of its record, where it has one. */
  readonly record: string | undefined;
}

/** Tells an exit from what a step found. Never put a caller's or a department's own object to it: only what a step made. */
export const isExit = (found: unknown): found is Exit =>
  typeof found === 'object' && found !== null && 'code' in found && Object.hasOwn(errors, String(found.code));

export const problemType = 'application/problem+json; charset=utf-8';

/**
 * The body of an error answer.
 *
 * @param record ledger position of the refusal, where it has one
 */
export function problem(exit: Exit, language: Language, record?: string): Record<string, unknown> {
  const row = errors[exit.code];
  return {
    type: `/docs#${exit.code}`,
    title: row.title[language],
    status: row.status,
    code: exit.code,
    stage: row.stage,
    remedy: row.remedy[language],
    ...(record === undefined ? {} : { record }),
    ...detailsOf(exit, language),
  };
}

function detailsOf({ violations, parts }: Exit, language: Language): Record<string, unknown> {
  return {
    ...(violations === undefined
      ? {}
      : { errors: violations.map(v => ({ pointer: v.pointer, message: v.message[language] })) }),
    ...(parts === undefined ? {} : { parts: parts.map(part => partOf(part, language)) }),
  };
}

function partOf({ step, service, exit, record }: PartExit, language: Language): Record<string, unknown> {
  const { title, remedy } = errors[exit.code];
  return {
    step,
    service,
    code: exit.code,
    title: title[language],
    remedy: remedy[language],
    ...(exit.retryAfter === undefined ? {} : { retryAfter: exit.retryAfter }),
    ...(record === undefined ? {} : { record }),
    ...detailsOf(exit, language),
  };
}

/** The headers of an error answer. */
export function problemHeaders(exit: Exit, language: Language): Record<string, string> {
  return {
    'content-type': problemType,
    'content-language': language,
    ...(exit.retryAfter === undefined ? {} : { 'retry-after': String(exit.retryAfter) }),
    ...exit.headers,
  };
}
