/** Requests that no route takes, and errors that no route answers: still one form of answer, and still on record. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { exchange } from '../exchange/exchange.js';
import type { Gateway } from '../exchange/gateway.js';
import { isCanonical } from '../exchange/path.js';
import type { Exit } from '../problem.js';
import { answer } from './exchange.js';
import { sendProblem } from './problem.js';

/**
 * A target in any but its one spelling is an attempt to slip past: the pipeline refuses and records it. A plain path
 * that names nothing is a plain 404.
 */
export function answerUnrouted(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> | FastifyReply {
  const path = (request.raw.url ?? '').split('?', 1)[0] ?? '';
  if (!isCanonical(path)) return answer(exchange, gateway, request, reply);
  return sendProblem({ code: 'STILE_NOT_FOUND' }, request, reply);
}

/** Fastify's own errors by their status; anything else is a fault of ours, told only to the log. */
export function answerError(
  error: unknown,
  logger: Logger,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = (error as { statusCode?: unknown }).statusCode;
  const code = typeof status === 'number' ? codesByStatus[status] : undefined;
  if (code !== undefined) return sendProblem({ code }, request, reply);
  logger.error({ err: error, route: request.routeOptions.url }, 'a request failed: this is a bug');
  return sendProblem({ code: 'STILE_FAULT' }, request, reply);
}

const codesByStatus: Readonly<Record<number, Exit['code']>> = {
  400: 'STILE_BODY_NOT_JSON',
  413: 'STILE_BODY_TOO_LARGE',
  415: 'STILE_MEDIA_TYPE',
  429: 'STILE_TOO_MANY_REQUESTS',
  503: 'STILE_OVERLOADED',
};
