/** The routes that departments' systems call: whatever arrives under /exchange or /explain goes to the pipeline, unparsed. */
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RawCall, Reply } from '../exchange/call.js';
import { exchange } from '../exchange/exchange.js';
import { explain } from '../exchange/explain.js';
import type { Gateway } from '../exchange/gateway.js';
import { languageOf } from '../text.js';
import { readBody } from './body.js';
import { sendProblem } from './problem.js';

/** Event loop delay, milliseconds, from which the gateway sheds load before any work. */
const mostDelay = 1000;

type Way = (call: RawCall, gateway: Gateway) => Promise<Reply>;

export async function exchangeRoutes(app: FastifyInstance, { gateway }: { readonly gateway: Gateway }): Promise<void> {
  await app.register(underPressure, {
    maxEventLoopDelay: mostDelay,
    pressureHandler: (request, reply) => {
      sendProblem({ code: 'STILE_OVERLOADED', retryAfter: 1 }, request, reply);
    },
  });
  // Answered before Fastify looks at the body: it is read by the step *receive*, so that too large, not JSON and a wrong media
  // type are refused and recorded there.
  const answeredBy = (way: Way) => ({
    onRequest: (request: FastifyRequest, reply: FastifyReply) => answer(way, gateway, request, reply),
  });
  app.all('/exchange/*', answeredBy(exchange), unreached);
  app.all('/explain/*', answeredBy(explain), unreached);
}

/** What Fastify wants as a route's handler. */
const unreached = (): never => {
  throw new Error('an exchange was not answered');
};

/** Runs one way of the pipeline for a request and sends what it answers. It is sent as it is: nothing of Fastify's would add to it. */
export async function answer(
  way: Way,
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { raw } = request;
  const found = await way(
    {
      method: request.method,
      target: raw.url ?? '',
      headers: request.headers,
      source: request.ip,
      language: languageOf(request.headers['accept-language']),
      readBody: limit => readBody(raw, limit),
      gone: () => raw.socket.destroyed,
      onGone(listener) {
        reply.raw.once('close', listener);
        return () => void reply.raw.off('close', listener);
      },
    },
    gateway,
  );
  reply.hijack();
  reply.raw
    .writeHead(found.status, { 'content-length': Buffer.byteLength(found.body), ...found.headers })
    .end(found.body);
  return reply;
}
