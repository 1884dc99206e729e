/** The route by which an operator tries one exchange against the files before they are in force. It is recorded before anything is shown. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConfigTry } from '../../schemas/stile/config-try.js';
import { configAction } from '../configuration/config-entry.js';
import { errors } from '../errors.js';
import type { RawCall } from '../exchange/call.js';
import type { Gateway } from '../exchange/gateway.js';
import { entryOf } from '../exchange/trail.js';
import { type RecordedTrial, type Trial, type TriedPart, tryExchange, type WriteTrial } from '../exchange/trial.js';
import { requireRole } from '../identity/identify.js';
import { role } from '../identity/principal.js';
import { type Draft, entryKind, LedgerError, positionText } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import type { Loaded } from '../registry/load.js';
import type { Registry } from '../registry/registry.js';
import { secretsIn, withoutSecrets } from '../registry/secret-values.js';
import { type Language, languageOf } from '../text.js';
import { bodyReader, requestFault, takeJsonBytes } from './json-body.js';
import { type Recorder, recordRefusal } from './look.js';
import { sendProblem } from './problem.js';

export interface TryRoutes extends Recorder {
  readonly gateway: Gateway;
  /** Reads the files anew. */
  load(): Promise<Loaded>;
}

const unrecorded = 'a refused try could not be recorded';

export async function tryRoutes(scope: FastifyInstance, options: TryRoutes): Promise<void> {
  const read = bodyReader<ConfigTry>('config-try', 'STILE_CONFIG_INVALID');
  takeJsonBytes(scope);

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    found: () => { readonly body: ConfigTry } | Exit,
  ): Promise<FastifyReply> {
    const principal = options.identify(request.headers.authorization);
    const staff = isExit(principal) ? principal : requireRole(principal, [role.operator]);
    const body = isExit(staff) ? staff : found();
    const candidate = isExit(body) ? body : await candidateOf(options, body.body);
    if (isExit(staff) || isExit(body) || isExit(candidate)) {
      const exit = [staff, body, candidate].find(isExit) as Exit;
      const asked = { kind: entryKind.config, action: configAction.tried };
      const record = await recordRefusal(options, { asked, exit, principal, unrecorded }, request);
      return sendProblem(exit, request, reply, record);
    }
    const { effects = false, idempotencyKey, ...rest } = body.body;
    const question = { ...rest, effects, idempotencyKey };
    const write = writer(options, request);
    try {
      const trial = await tryExchange(question, staff, candidate, callOf(request), options.gateway, write);
      if (trial.record !== undefined) reply.header('stile-record', trial.record);
      const { digest: registry } = candidate;
      const language = languageOf(request.headers['accept-language']);
      return reply.header('cache-control', 'no-store').send({ registry, ...shown(trial, language) });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      request.log.error({ err: error }, 'a try could not be recorded; nothing was shown');
      return sendProblem({ code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 }, request, reply);
    }
  }

  scope.post('/operate/config/try', {
    bodyLimit,
    handler: (request, reply) => answer(request, reply, () => read(request.body)),
    errorHandler: (error: FastifyError, request, reply) =>
      answer(request, reply, () => requestFault(error) ?? { code: 'STILE_FAULT' }),
  });
}

/** Bytes. */
const bodyLimit = 256 * 1024;

/** The registry of the files, if this may be tried against it. */
async function candidateOf({ gateway, load }: TryRoutes, { confirm = false }: ConfigTry): Promise<Registry | Exit> {
  // What is in force decides: files that say sandbox are anybody's.
  if (!gateway.inForce.registry().sandbox && !confirm) return { code: 'STILE_TRY_CONFIRM' };
  const { registry, faults } = await load();
  if (registry !== undefined) return registry;
  const violations = faults.map(({ file, line, column, pointer, rule: keyword, message: { zh, en } }) => {
    const place = `${file}:${line}:${column} `;
    return { pointer, keyword, message: { zh: place + zh, en: place + en } };
  });
  return { code: 'STILE_CONFIG_REFUSED', violations };
}

function callOf(request: FastifyRequest): RawCall {
  const { socket } = request.raw;
  return {
    method: 'POST',
    target: '',
    headers: {},
    source: request.ip,
    language: languageOf(request.headers['accept-language']),
    readBody: async () => Buffer.alloc(0),
    gone: () => socket.destroyed,
    onGone(listener) {
      socket.once('close', listener);
      return () => socket.off('close', listener);
    },
  };
}

/** An intent is closed whatever the rate of refusals is. */
function writer({ record, gateway }: TryRoutes, { ip }: FastifyRequest): WriteTrial {
  return async trial => {
    const draft = draftOf(trial);
    const position = await (draft.closesIntent === undefined ? record(draft, ip) : gateway.ledger.append(draft));
    return position && positionText(position);
  };
}

/** As the exchange's own record would be, but for its kind: so that the department's own log is held against it as well. */
function draftOf({ trail, exit, raw, released, subjects, seal }: Trial): Draft {
  return {
    entry: { ...entryOf(trail, exit), kind: entryKind.config, action: configAction.tried },
    subjects,
    digests: {
      ...(trail.request && { request: trail.request }),
      ...(raw && { raw: JSON.stringify(raw.body) }),
      ...(released === undefined ? {} : { reply: JSON.stringify(released) }),
    },
    ...(trail.intent === undefined ? {} : { closesIntent: trail.id }),
    ...(seal === undefined ? {} : { seal }),
  };
}

/** A system may answer with what it was shown: an operator is not told what config only refers to. */
const secretsOf = ({ trail, parts }: Trial): string[] => [
  ...secretsIn(trail.service?.adapter?.settings),
  ...parts.flatMap(secretsOf),
];

function shown(trial: RecordedTrial, language: Language) {
  const { steps, exit, raw, released, record, trail, parts } = trial;
  const row = exit && errors[exit.code];
  const secrets = secretsOf(trial);
  return {
    record,
    intent: trail.intent,
    repeats: trail.repeats,
    steps,
    ...(exit && {
      stopped: {
        code: exit.code,
        title: row?.title[language],
        remedy: row?.remedy[language],
        errors: exit.violations?.map(({ pointer, message }) => ({ pointer, message: message[language] })),
      },
    }),
    ...(raw && { raw: withoutSecrets(raw.body, secrets), asOf: raw.asOf }),
    ...(released === undefined ? {} : { released: withoutSecrets(released, secrets) }),
    ...(parts.length === 0 ? {} : { parts: parts.map(part => partShown(part, language)) }),
  };
}

const partShown = (part: TriedPart, language: Language): Readonly<Record<string, unknown>> => ({
  step: part.step,
  service: part.trail.serviceNamed,
  ...shown(part, language),
});
