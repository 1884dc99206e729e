/** Step *match*: what is asked? A service by its whole name; one that is withheld is listed but never callable. */
import type { Exit } from '../problem.js';
import { answersGet } from '../registry/answers-get.js';
import { type Service, sharing } from '../registry/registry.js';
import type { Received } from './receive.js';
import type { Trail } from './trail.js';

export function match(received: Received, trail: Trail): Service | Exit {
  const service = trail.registry.services.get(trail.serviceNamed ?? '');
  if (service === undefined) return { code: 'STILE_SERVICE_UNKNOWN' };
  trail.service = service;
  if (service.sharing === sharing.withheld) return { code: 'STILE_SERVICE_WITHHELD' };
  if (received.viaQuery && !answersGet(service))
    return { code: 'STILE_METHOD_NOT_ALLOWED', headers: { allow: 'POST' } };
  return service;
}
