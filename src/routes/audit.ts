/** The routes through which security staff and auditors read the ledger: search it, follow it, look at one record. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { AuditSearch } from '../../schemas/stile/audit-search.js';
import type { AuditTail } from '../../schemas/stile/audit-tail.js';
import type { StaffPrincipal } from '../identity/principal.js';
import type { KeptErasures } from '../ledger/kept-erasures.js';
import type { PeriodKeys } from '../ledger/period-keys.js';
import { type Exit, isExit } from '../problem.js';
import { type Asker, lookAtRecord, search, tail } from './audit-answer.js';
import { bodyReader, requestFault, takeJsonBytes } from './json-body.js';
import { answerLook, type Look, type QuestionKind, question, type Recorder } from './look.js';

export interface AuditRoutes extends Recorder {
  /** As `openSearchPool` opens it. */
  readonly searches: Pool;
  readonly periodKeys: PeriodKeys;
  readonly erasures: KeptErasures;
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number;
}

/** Bytes; the longest question with the longest cursor. */
const bodyLimit = 128 * 1024;

/** Registers the routes in a scope of their own: it takes JSON only, and records what Fastify itself refuses. */
export async function auditRoutes(scope: FastifyInstance, options: AuditRoutes): Promise<void> {
  const readSearch = bodyReader<AuditSearch>('audit-search', 'STILE_SEARCH_INVALID');
  const readTail = bodyReader<AuditTail>('audit-tail', 'STILE_SEARCH_INVALID');
  takeJsonBytes(scope);

  const route = (kind: QuestionKind, look: (request: FastifyRequest, asker: Asker) => Promise<Look | Exit>) => {
    const answer = (
      request: FastifyRequest,
      reply: FastifyReply,
      found: (staff: StaffPrincipal) => Promise<Look | Exit>,
    ) => answerLook(options, kind, found, request, reply);
    return {
      bodyLimit,
      errorHandler: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
        answer(request, reply, async () => faultOf(error, request)),
      handler: (request: FastifyRequest, reply: FastifyReply) =>
        answer(request, reply, staff => look(request, { ...options, staff, logger: request.log, now: options.now() })),
    };
  };

  scope.post(
    '/audit/search',
    route(question.search, async (request, asker) => {
      const read = readSearch(request.body);
      return isExit(read) ? read : search(read.body, asker);
    }),
  );
  scope.post(
    '/audit/tail',
    route(question.tail, async (request, asker) => {
      const read = readTail(request.body);
      return isExit(read) ? read : tail(read.body, asker);
    }),
  );
  scope.get(
    '/audit/records/:shard/:index',
    route(question.record, (request, asker) => {
      const { shard = '', index = '' } = request.params as Readonly<Record<string, string>>;
      return lookAtRecord(shard, index, asker);
    }),
  );
}

/** A fault found before or in a handler, as an exit. */
function faultOf(error: FastifyError, request: FastifyRequest): Exit {
  const fault = requestFault(error);
  if (fault !== undefined) return fault;
  request.log.error({ err: error }, 'an audit route is at fault');
  return { code: 'STILE_FAULT' };
}
