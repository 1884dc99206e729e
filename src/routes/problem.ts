/** Sends a problem outside the pipeline: the same form that the pipeline's refusals have. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Exit, problem, problemHeaders } from '../problem.js';
import { languageOf } from '../text.js';

/** @param record position of the refusal's record, `shard/index`, where it has one */
export function sendProblem(exit: Exit, request: FastifyRequest, reply: FastifyReply, record?: string): FastifyReply {
  const language = languageOf(request.headers['accept-language']);
  const body = problem(exit, language, record);
  return reply
    .code(body.status as number)
    .headers(problemHeaders(exit, language))
    .send(JSON.stringify(body));
}
