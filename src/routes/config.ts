/** What operators see of the config in force, and how they change it. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConfigApply } from '../../schemas/stile/config-apply.js';
import type { ConfigRollback } from '../../schemas/stile/config-rollback.js';
import { type ChangedBy, type ConfigAction, configAction, way } from '../configuration/config-entry.js';
import type { KeptConfigs } from '../configuration/kept-configs.js';
import { refusalRule } from '../configuration/refusal.js';
import { type NotDone, notDone, type ReloadOutcome, type Reloads, reloadOutcome } from '../configuration/reloads.js';
import { requireRole } from '../identity/identify.js';
import { role } from '../identity/principal.js';
import { entryKind } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import { bodyReader, requestFault, takeJsonBytes } from './json-body.js';
import { answerLook, question, type Recorder, recordOf, recordRefusal } from './look.js';
import { sendProblem } from './problem.js';

export interface ConfigRoutes extends Recorder {
  readonly reloads: Reloads;
  readonly keptConfigs: KeptConfigs;
}

const operators = [role.operator];

/** Registers the routes in a scope of their own: it takes JSON only. Changes are recorded, refused ones as well. */
export async function configRoutes(scope: FastifyInstance, options: ConfigRoutes): Promise<void> {
  const { reloads } = options;
  const readApply = bodyReader<ConfigApply>('config-apply', 'STILE_CONFIG_INVALID');
  const readRollback = bodyReader<ConfigRollback>('config-rollback', 'STILE_CONFIG_INVALID');
  takeJsonBytes(scope);

  const look = async () => ({
    asked: {},
    result: (record: string) =>
      JSON.stringify({
        record,
        ...reloads.standing(),
        due: reloads.isDue(),
        heldBack: reloads.heldBack() ?? null,
        refused: reloads.failure() ?? null,
      }),
  });
  scope.get('/operate/config', (request, reply) =>
    answerLook(options, question.config, look, request, reply, operators),
  );
  scope.get('/operate/config/files', (request, reply) => sendFiles(options, request, reply));
  scope.post(
    '/operate/config/apply',
    change(options, configAction.applied, async (request, by) => {
      const read = readApply(request.body);
      return isExit(read) ? read : reloads.apply(read.body, by);
    }),
  );
  scope.post(
    '/operate/config/rollback',
    change(options, configAction.rolledBack, async (request, by) => {
      const read = readRollback(request.body);
      return isExit(read) ? read : reloads.rollBack(read.body.running, by);
    }),
  );
}

/** The files in force, as they were: no reference in them is resolved. */
async function sendFiles(options: ConfigRoutes, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const principal = options.identify(request.headers.authorization);
  const staff = isExit(principal) ? principal : requireRole(principal, operators);
  const { registry } = options.reloads.standing();
  const archive = isExit(staff) ? undefined : await options.keptConfigs.archive(registry);
  const exit: Exit | undefined = isExit(staff)
    ? staff
    : archive === undefined
      ? { code: 'STILE_CONFIG_NOT_KEPT' }
      : undefined;
  const looked = { asked: {}, result: exit ?? (() => '') };
  const record = await recordOf(options, question.config, looked, principal, request);
  if (isExit(record)) return sendProblem(record, request, reply);
  if (exit !== undefined) return sendProblem(exit, request, reply, record);
  return reply
    .headers({ 'content-type': 'application/gzip', 'cache-control': 'no-store', 'stile-registry': registry })
    .send(archive);
}

type Outcome = ReloadOutcome | NotDone;

function change(
  options: ConfigRoutes,
  action: ConfigAction,
  run: (request: FastifyRequest, by: ChangedBy) => Promise<Outcome | Exit>,
) {
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    found: (by: ChangedBy) => Promise<Outcome | Exit>,
  ): Promise<FastifyReply> => {
    const principal = options.identify(request.headers.authorization);
    const staff = isExit(principal) ? principal : requireRole(principal, operators);
    const by = isExit(staff) ? staff : { way: way.api, staff: { id: staff.id, role: staff.role } };
    const outcome = isExit(by) ? by : await found(by);
    const exit = isExit(outcome) ? outcome : exitOf(outcome, options.reloads);
    if (exit === undefined) {
      const { change: made, registry } = options.reloads.standing();
      const isMade = outcome === reloadOutcome.changed && made !== undefined;
      if (isMade) reply.header('stile-record', made.record);
      return reply
        .header('cache-control', 'no-store')
        .send({ outcome, registry, ...(isMade && { former: made.former, record: made.record }) });
    }
    const asked = { kind: entryKind.config, action };
    const record = await recordRefusal(options, { asked, exit, principal, unrecorded }, request);
    if (record !== undefined) reply.header('stile-record', record);
    return sendProblem(exit, request, reply, record);
  };
  return {
    bodyLimit,
    handler: (request: FastifyRequest, reply: FastifyReply) => answer(request, reply, by => run(request, by)),
    errorHandler: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      answer(request, reply, async () => faultOf(error, request)),
  };
}

/** Bytes. */
const bodyLimit = 4096;
const unrecorded = 'a refused change of config could not be recorded';

/** Why nothing was changed; undefined when nothing is wrong. */
function exitOf(outcome: Outcome, reloads: Reloads): Exit | undefined {
  switch (outcome) {
    case reloadOutcome.changed:
    case reloadOutcome.unchanged:
      return undefined;
    case notDone.moved:
      return { code: 'STILE_CONFIG_MOVED' };
    case notDone.notKept:
      return { code: 'STILE_CONFIG_NOT_KEPT' };
    case reloadOutcome.failed:
      return refusedExit(reloads);
  }
}

function refusedExit(reloads: Reloads): Exit {
  const faults = reloads.failure()?.faults ?? [];
  if (faults.some(({ rule }) => rule === refusalRule.notRecorded)) {
    return { code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 };
  }
  const violations = faults.map(({ file, line, column, pointer, rule: keyword, message }) => {
    const place = file === '' ? '' : `${file}:${line}:${column} `;
    return { pointer, keyword, message: { zh: place + message.zh, en: place + message.en } };
  });
  return { code: 'STILE_CONFIG_REFUSED', violations };
}

function faultOf(error: FastifyError, request: FastifyRequest): Exit {
  const fault = requestFault(error);
  if (fault !== undefined) return fault;
  request.log.error({ err: error }, 'a config route is at fault');
  return { code: 'STILE_FAULT' };
}
