/** A composite service's settings, compiled once: its steps in order, each with the question it puts. */
import type { CompositeService } from '../schemas/stile/adapters/composite-service.js';
import { checkReads, inOrder } from './composite-reads.js';
import { compileMapping, type MappingFunction, pointerTo, reader } from './mapping.js';
import { defaultUtcOffset, direction, type MappingScope } from './mapping-scope.js';

export interface Plan {
  /** Each after those it needs. */
  readonly steps: readonly Step[];
  readonly reply: MappingFunction;
  /** Member of the reply that says which steps did not answer; undefined where all must. */
  readonly reasons: string | undefined;
}

export interface Step {
  readonly name: string;
  readonly service: string;
  /** The steps whose replies it takes values of. */
  readonly needs: readonly string[];
  readonly question: MappingFunction;
  /** Whether it is to be asked; undefined where no reply released what would tell. */
  readonly isWanted: (replies: unknown, request: unknown) => boolean | undefined;
}

/** @param report told of each fault in the settings */
export function compilePlan(service: CompositeService, report: MappingScope['report']): Plan {
  checkReads(service, report);
  // A contract's values on either side: what translates them reads them as they come, and writes them as the other has them.
  const scope: MappingScope = { direction: direction.toContract, codes: {}, utcOffset: defaultUtcOffset, report };
  const steps = inOrder(service).flatMap(({ name, needs }) => {
    const step = service.steps[name];
    if (step === undefined) return [];
    const question = compileMapping(step.request, scope, `${pointerTo('/steps', name)}/request`);
    return [{ name, service: step.service, needs, question, isWanted: compileWhen(step.when) }];
  });
  return { steps, reply: compileMapping(service.reply, scope, '/reply'), reasons: service.partial?.reasons };
}

function compileWhen(when: CompositeService['steps'][string]['when']): Step['isWanted'] {
  if (when === undefined) return () => true;
  const values = new Set<unknown>(when.in);
  if (when.request !== undefined) {
    const read = reader(when.request);
    return (_replies, request) => values.has(read(request));
  }
  const read = reader(when.from);
  return replies => {
    const value = read(replies);
    return value === undefined ? undefined : values.has(value);
  };
}
