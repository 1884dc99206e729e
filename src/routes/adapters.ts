/** The route by which operators see how departments' systems stand: who is slow, away, or breaks its contract. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OperateAdapters } from '../../schemas/stile/operate-adapters.js';
import type { InForce } from '../exchange/in-force.js';
import { role } from '../identity/principal.js';
import { answerLook, type Look, question, type Recorder } from './look.js';

export interface AdapterRoutes extends Recorder {
  readonly inForce: InForce;
}

/** Longest time for all probes together, milliseconds. */
const probeTime = 10_000;

export async function adapterRoutes(app: FastifyInstance, options: AdapterRoutes): Promise<void> {
  app.get('/operate/adapters', (request, reply) =>
    answerLook(options, question.adapters, () => lookAt(options.inForce, request), request, reply, [role.operator]),
  );
}

/** With `?probe=true` each system is first asked whether it is there. */
async function lookAt(inForce: InForce, request: FastifyRequest): Promise<Look> {
  const { probe } = request.query as Readonly<Record<string, unknown>>;
  const held = inForce.hold();
  const { adapters } = held;
  if (probe === 'true') await adapters.probe(AbortSignal.timeout(probeTime)).finally(() => held.letGo());
  else held.letGo();
  return {
    asked: {},
    result(record) {
      const reports = adapters.reports().map(report => ({ ...report, services: [...report.services] }));
      return JSON.stringify({ record, adapters: reports } satisfies OperateAdapters);
    },
  };
}
