/** What operators see of the config in force, and of a change that was refused. */
import type { FastifyInstance } from 'fastify';
import type { Reloads } from '../configuration/reload.js';
import { role } from '../identity/principal.js';
import { answerLook, question, type Recorder } from './look.js';

export interface ConfigRoutes extends Recorder {
  readonly reloads: Pick<Reloads, 'standing' | 'failure'>;
}

export async function configRoutes(app: FastifyInstance, options: ConfigRoutes): Promise<void> {
  const { reloads } = options;
  const look = async () => ({
    asked: {},
    result: (record: string) => JSON.stringify({ record, ...reloads.standing(), refused: reloads.failure() ?? null }),
  });
  app.get('/operate/config', (request, reply) =>
    answerLook(options, question.config, look, request, reply, [role.operator]),
  );
}
