/** The route through which security staff erase what others wrote beside an entry. They write no such text themselves. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { Erasure } from '../../schemas/stile/erasure.js';
import { requireRole } from '../identity/identify.js';
import { role, type StaffPrincipal } from '../identity/principal.js';
import { eraseText } from '../ledger/erase-text.js';
import type { KeptErasures } from '../ledger/kept-erasures.js';
import { entryKind, erasureAction, type Ledger, LedgerError, type Position, positionText } from '../ledger/ledger.js';
import { type Exit, isExit } from '../problem.js';
import { answerOf, StoreAway } from '../store/away.js';
import { bodyReader, requestFault, takeJsonBytes } from './json-body.js';
import { type Recorder, recordRefusal } from './look.js';
import { sendProblem } from './problem.js';

export interface ErasureRoutes extends Recorder {
  readonly pool: Pool;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly erasures: KeptErasures;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** Bytes. */
const bodyLimit = 4096;

/** What the erasure's entry says, refused or not. */
const erasing = { kind: entryKind.erasure, action: erasureAction.text };
const unrecorded = 'a refused erasure could not be recorded';

/** Registers the route in a scope of its own: it takes JSON only. Every attempt is recorded. */
export async function erasureRoutes(scope: FastifyInstance, options: ErasureRoutes): Promise<void> {
  const read = bodyReader<Erasure>('erasure', 'STILE_ERASURE_INVALID');
  takeJsonBytes(scope);

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { readonly body: Erasure } | Exit,
  ): Promise<FastifyReply> {
    const principal = options.identify(request.headers.authorization);
    const staff = isExit(principal) ? principal : requireRole(principal, [role.security]);
    const wanted = isExit(asked) ? undefined : asked.body;
    const found = isExit(staff) ? staff : isExit(asked) ? asked : await erase(asked.body, staff, request);
    const record = isExit(found)
      ? await recordRefusal(options, { asked: { ...erasing, ...wanted }, exit: found, principal, unrecorded }, request)
      : positionText(found);
    if (record !== undefined) reply.header('stile-record', record);
    if (isExit(found)) return sendProblem(found, request, reply, record);
    return reply.header('cache-control', 'no-store').send({ record, erased: wanted?.record });
  }

  async function erase(
    { record, reason }: Erasure,
    { id, role }: StaffPrincipal,
    request: FastifyRequest,
  ): Promise<Position | Exit> {
    const [shard, index] = record.split('/').map(Number) as [number, number];
    try {
      const erasure = await eraseText({
        position: { shard, index },
        reason,
        staff: { id, role },
        query: (text, values) => answerOf(options.pool.query(text, [...values])),
        kept: options.erasures,
        append: draft => options.ledger.append(draft),
        source: request.ip,
        now: options.now(),
      });
      return erasure ?? { code: 'STILE_TEXT_NONE' };
    } catch (error) {
      return exitOf(error, request);
    }
  }

  scope.post('/audit/erasures', {
    bodyLimit,
    handler: (request, reply) => answer(request, reply, read(request.body)),
    errorHandler: (error: FastifyError, request, reply) => answer(request, reply, faultOf(error, request)),
  });
}

function exitOf(error: unknown, request: FastifyRequest): Exit {
  if (error instanceof LedgerError) {
    request.log.error({ err: error }, 'an erasure could not be recorded; nothing was erased');
    return { code: 'STILE_RECORD_UNAVAILABLE', retryAfter: 1 };
  }
  if (!(error instanceof StoreAway)) throw error;
  request.log.error({ err: error }, 'the store did not answer an erasure');
  return { code: 'STILE_SEARCH_UNAVAILABLE', retryAfter: 1 };
}

/** A fault found before or in a handler, as an exit. */
function faultOf(error: FastifyError, request: FastifyRequest): Exit {
  const fault = requestFault(error);
  if (fault !== undefined) return fault;
  request.log.error({ err: error }, 'the route of erasures is at fault');
  return { code: 'STILE_FAULT' };
}
