/** The routes through which data officers grant, suspend and end agreements, and all staff see what is granted. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AgreementAct } from '../../schemas/stile/agreement-act.js';
import type { AgreementsFile } from '../../schemas/stile/agreements.js';
import { act } from '../agreements/act.js';
import type { AgreementChanges } from '../agreements/change.js';
import { importAgreements } from '../agreements/import.js';
import { importResult } from '../agreements/import-result.js';
import { type AgreementAction, agreementAction } from '../agreements/state.js';
import { readAgreements, readHistory } from '../agreements/store.js';
import { shownVersion, viewOf } from '../agreements/view.js';
import { requireRole } from '../identity/identify.js';
import { type Principal, type Role, role, type StaffPrincipal } from '../identity/principal.js';
import type { KeptErasures } from '../ledger/kept-erasures.js';
import { entryKind, positionText, type Query } from '../ledger/ledger.js';
import { textsOf } from '../ledger/texts.js';
import { type Exit, isExit } from '../problem.js';
import { answerOf, StoreAway } from '../store/away.js';
import { bodyReader, requestFault, takeJsonBytes } from './json-body.js';
import { type Recorder, recordRefusal } from './look.js';
import { sendProblem } from './problem.js';

export interface AgreementRoutes extends AgreementChanges, Recorder {
  readonly erasures: KeptErasures;
}

/** An answer's body, and the ledger position of what it changed. */
interface Done {
  readonly body: unknown;
  readonly record?: string | undefined;
}

/** Bytes; the most agreements of one import, with room. */
const importLimit = 1024 * 1024;
/** Bytes; the longest reason. */
const actLimit = 16 * 1024;

const readers: readonly Role[] = [role.officer, role.security, role.auditor, role.operator];
const changers: readonly Role[] = [role.officer];

type Act = Exclude<AgreementAction, 'import'>;
const { import: _import, ...acts } = agreementAction;

/** Registers the routes in a scope of their own: it takes JSON only. Changes are recorded, refused ones as well. */
export async function agreementRoutes(scope: FastifyInstance, options: AgreementRoutes): Promise<void> {
  const readImport = bodyReader<AgreementsFile>('agreements', 'STILE_AGREEMENT_INVALID');
  const readAct = bodyReader<AgreementAct>('agreement-act', 'STILE_AGREEMENT_INVALID');
  takeJsonBytes(scope);

  scope.get(
    '/operate/agreements',
    look(options, () => listAll(options)),
  );
  scope.get(
    '/operate/agreements/:id',
    look(options, request => showOne(idOf(request), options)),
  );
  scope.post(
    '/operate/agreements',
    change(options, agreementAction.import, async (request, by) => {
      const read = readImport(request.body);
      return isExit(read) ? read : importAll(read.body.agreements, by, options);
    }),
  );
  for (const action of Object.values(acts)) {
    scope.post(
      `/operate/agreements/:id/${action}`,
      change(options, action, async (request, by) => {
        const read = readAct(request.body);
        return isExit(read) ? read : actOn(action, idOf(request), read.body.why, by, options);
      }),
    );
  }
}

async function listAll({ pool, registry }: AgreementRoutes): Promise<Done> {
  const { version, agreements } = await readAgreements(pool);
  const inForce = registry();
  return { body: { version, agreements: agreements.map(each => viewOf(each, inForce)) } };
}

async function showOne(id: string, { pool, registry, erasures }: AgreementRoutes): Promise<Done | Exit> {
  const history = await readHistory(pool, id);
  const [latest] = history;
  if (latest === undefined) return { code: 'STILE_AGREEMENT_UNKNOWN' };
  const query: Query = (text, values) => answerOf(pool.query(text, [...values]));
  const entries = history.map(({ entry }) => entry);
  const texts = await textsOf(query, entries, erasures);
  const shown = history.map(version => shownVersion(version, texts));
  return { body: { agreement: viewOf(latest.agreement, registry()), history: shown } };
}

async function importAll(
  documents: readonly unknown[],
  by: StaffPrincipal,
  options: AgreementRoutes,
): Promise<Done | Exit> {
  const found = await importAgreements(documents, by, options);
  if (isExit(found)) return found;
  const records = (found.committed?.positions ?? []).map(positionText);
  let changed = 0;
  const agreements = found.agreements.map(({ agreement: { id, version }, state, result }) => {
    const record = result === importResult.unchanged ? undefined : records[changed++];
    return { id, version, state, result, record };
  });
  return { body: { agreements }, record: records[0] };
}

async function actOn(
  action: Act,
  id: string,
  why: string,
  by: StaffPrincipal,
  options: AgreementRoutes,
): Promise<Done | Exit> {
  const found = await act(action, id, why, by, options);
  if (isExit(found)) return found;
  const [position] = found.committed.positions;
  const record = position && positionText(position);
  return { body: { agreement: viewOf(found.agreement, options.registry()), record }, record };
}

function look(options: AgreementRoutes, find: (request: FastifyRequest) => Promise<Done | Exit>) {
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const staff = staffBehind(options.identify(request.headers.authorization), readers);
    return send(isExit(staff) ? staff : await find(request), request, reply);
  };
  const errorHandler = (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
    send(faultOf(error, request), request, reply);
  return { handler: answer, errorHandler };
}

function change(
  options: AgreementRoutes,
  action: AgreementAction,
  run: (request: FastifyRequest, by: StaffPrincipal) => Promise<Done | Exit>,
) {
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    found: (by: StaffPrincipal) => Promise<Done | Exit>,
  ) => {
    const principal = options.identify(request.headers.authorization);
    const by = staffBehind(principal, changers);
    const done = isExit(by) ? by : await found(by);
    const asked = { kind: entryKind.agreement, action, ...agreementOf(request) };
    const record = isExit(done)
      ? await recordRefusal(options, { asked, exit: done, principal, unrecorded }, request)
      : done.record;
    return send(done, request, reply, record);
  };
  return {
    bodyLimit: action === agreementAction.import ? importLimit : actLimit,
    handler: (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, by => run(request, by)),
    errorHandler: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      answer(request, reply, async () => faultOf(error, request)),
  };
}

const staffBehind = (principal: Principal | Exit, roles: readonly Role[]): StaffPrincipal | Exit =>
  isExit(principal) ? principal : requireRole(principal, roles);

const unrecorded = 'a refused change of agreements could not be recorded';

/** Anything but an id that may be one would be a stranger's own words. */
function agreementOf(request: FastifyRequest): { readonly agreement?: { readonly id: string } } {
  const id = idOf(request);
  return goodId.test(id) ? { agreement: { id } } : {};
}

/** As schemas/stile/agreements.json has it. */
const goodId = /^(?=.{1,100}$)[a-z0-9]+(-[a-z0-9]+)*$/;

const idOf = (request: FastifyRequest): string => (request.params as Readonly<{ id?: string }>).id ?? '';

function send(found: Done | Exit, request: FastifyRequest, reply: FastifyReply, record?: string): FastifyReply {
  if (record !== undefined) reply.header('stile-record', record);
  if (isExit(found)) return sendProblem(found, request, reply, record);
  return reply.header('cache-control', 'no-store').send(found.body);
}

/** A fault found before or in a handler, as an exit. */
function faultOf(error: FastifyError | StoreAway, request: FastifyRequest): Exit {
  if (error instanceof StoreAway) {
    request.log.error({ err: error }, 'the store did not answer what was asked of the agreements');
    return { code: 'STILE_AGREEMENT_UNAVAILABLE', retryAfter: 1 };
  }
  const fault = requestFault(error);
  if (fault !== undefined) return fault;
  request.log.error({ err: error }, 'an agreements route is at fault');
  return { code: 'STILE_FAULT' };
}
