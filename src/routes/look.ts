/** One look at the ledger, or at how departments' systems stand: the watchers are watched, so it is recorded before anything is shown, and when it is refused. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errors } from '../errors.js';
import { requireRole } from '../identity/identify.js';
import { type Principal, type Role, role, type StaffPrincipal } from '../identity/principal.js';
import {
  type Draft,
  type EntryKind,
  entryKind,
  LedgerError,
  outcome,
  type Position,
  positionText,
  type Subject,
} from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import { randomId } from '../random.js';
import { sendProblem } from './problem.js';

export interface Recorder {
  /** Who is behind an `Authorization` header. */
  identify(authorization: string | undefined): Principal | Exit;
  /**
   * Writes an entry down before anything is answered.
   *
   * @param source the address the request came from, so that one source's refusals can become one entry
   * @returns its position; undefined when it was counted into another entry
   * @throws LedgerError and then nothing is shown
   */
  record(draft: Draft, source: string): Promise<Position | undefined>;
}

/** What a look asks, whether or not it gets an answer. */
export const question = {
  search: 'search',
  tail: 'tail',
  record: 'record',
  receipt: 'receipt',
  bundle: 'bundle',
  adapters: 'adapters',
  config: 'config',
} as const;
export type QuestionKind = (typeof question)[keyof typeof question];

/** A look that may be answered. */
export interface Look {
  /** Members of its entry: what is asked, with no person's number. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly subjects?: readonly Subject[];
  /** Position of the entry of the question this goes on with: then it needs none of its own. */
  readonly recorded?: string | undefined;
  /** Why there is no answer, or the answer's JSON, given the position of the look's entry. */
  readonly result: Exit | ((record: string) => string);
}

/** Who may look into the ledger. */
export const readers: readonly Role[] = [role.security, role.auditor];

/** Runs a look for staff in one of the roles, records it, and only then answers. */
export async function answerLook(
  recorder: Recorder,
  kind: QuestionKind,
  look: (staff: StaffPrincipal) => Promise<Look | Exit>,
  request: FastifyRequest,
  reply: FastifyReply,
  roles = readers,
): Promise<FastifyReply> {
  const principal = recorder.identify(request.headers.authorization);
  const staff = isExit(principal) ? principal : requireRole(principal, roles);
  const found = isExit(staff) ? staff : await look(staff);
  const looked: Look = isExit(found) ? { asked: {}, result: found } : found;
  const { result } = looked;
  const goesOn = looked.recorded !== undefined && !isExit(result);
  const record = goesOn ? looked.recorded : await recordOf(recorder, kind, looked, principal, request);
  if (isExit(record)) return sendProblem(record, request, reply);
  if (record !== undefined) reply.header('stile-record', record);
  if (isExit(result)) return sendProblem(result, request, reply, record);
  // What is shown has its record; only refusals are ever counted into another's entry.
  if (record === undefined) throw new Error('a look was not recorded');
  return reply
    .headers({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .send(result(record));
}

/** Writes down what was asked and what came of it. @returns its position; undefined when it was counted into another entry */
export async function recordOf(
  recorder: Recorder,
  kind: QuestionKind,
  { asked, subjects = [], result }: Look,
  principal: Principal | Exit,
  request: FastifyRequest,
): Promise<string | undefined | Exit> {
  const exit = isExit(result) ? result : undefined;
  const entry = { kind: entryKind.search, id: randomId(), question: kind, ...asked };
  const draft = { entry: { ...entry, ...endOf(exit), ...whoIs(principal), source: request.ip }, subjects };
  try {
    const position = await recorder.record(draft, request.ip);
    return position && positionText(position);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    request.log.error({ err: error }, 'a look could not be recorded; nothing was shown');
    return { code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 };
  }
}

/** A change that somebody tried in vain to make. */
export interface Refusal {
  /** Members of its entry: what was to be changed, in no words of a stranger's. */
  readonly asked: Readonly<Record<string, unknown>> & { readonly kind: EntryKind };
  readonly exit: Exit;
  readonly principal: Principal | Exit;
  /** What the log says where the ledger takes no entry. */
  readonly unrecorded: string;
}

/** @returns the entry's position; undefined when it was counted into another, or the ledger takes none */
export async function recordRefusal(
  { record }: Pick<Recorder, 'record'>,
  { asked, exit, principal, unrecorded }: Refusal,
  request: FastifyRequest,
): Promise<string | undefined> {
  const entry = { id: randomId(), ...asked, ...endOf(exit), ...whoIs(principal), source: request.ip };
  try {
    const position = await record({ entry }, request.ip);
    return position && positionText(position);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    request.log.error({ err: error }, unrecorded);
    return undefined;
  }
}

/** How a request ended, as its entry says it. */
export function endOf(exit: Exit | undefined): Readonly<Record<string, unknown>> {
  if (exit === undefined) return { outcome: outcome.released };
  const { status, stage } = errors[exit.code];
  return { outcome: status >= 500 ? outcome.failed : outcome.refused, code: exit.code, stage };
}

/** Who made a request, as its entry says it. */
export function whoIs(principal: Principal | Exit): Readonly<Record<string, unknown>> {
  if (isExit(principal)) return {};
  if (principal.kind === 'staff') return { staff: { id: principal.id, role: principal.role } };
  return { client: principal.client.id, consumer: principal.client.department };
}
