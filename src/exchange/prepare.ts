/** The way's first half, receive to limit: the same code whether an exchange follows or only an explanation. */
import type { JsonObject } from '../../adapters/adapter.js';
import type { Grant } from '../agreements/grant.js';
import { type Exit, isExit } from '../problem.js';
import type { Client, Service } from '../registry/registry.js';
import type { RawCall } from './call.js';
import { checkRequest } from './check-request.js';
import { decideNow } from './decision.js';
import type { Gateway } from './gateway.js';
import { identify } from './identify.js';
import type { QuotaLeft } from './limit.js';
import { match } from './match.js';
import { type Received, receive } from './receive.js';
import type { Trail } from './trail.js';

/** What is asked, by whom: all that a decision is about. */
export interface Asked {
  readonly received: Received;
  readonly client: Client;
  readonly service: Service;
  readonly request: JsonObject;
}

/** Everything the second half needs of the first. */
export interface Prepared extends Asked {
  readonly grant: Grant;
  readonly quota: QuotaLeft;
}

/** @param count whether the call is counted against the grant's limits, or they are only looked at */
export async function prepare(call: RawCall, gateway: Gateway, trail: Trail, count: boolean): Promise<Prepared | Exit> {
  const received = await receive(call, gateway.refusals, trail);
  if (isExit(received)) return received;
  const client = identify(call, gateway.tokens, trail);
  if (isExit(client)) return client;
  return await prepareReceived(received, client, gateway, trail, count);
}

/** From *match* on: of a call once its caller is known, or of what a composite asks in that caller's name. */
export async function prepareReceived(
  received: Received,
  client: Client,
  gateway: Gateway,
  trail: Trail,
  count: boolean,
): Promise<Prepared | Exit> {
  const service = match(received, trail);
  if (isExit(service)) return service;
  const checked = checkRequest(received, service, trail);
  if (isExit(checked)) return checked;
  const asked = { received, client, service, request: checked.request };
  const grant = decideNow(asked, gateway, trail);
  if (isExit(grant)) return grant;
  const quota = await gateway.quota.take(grant, count);
  if (isExit(quota)) return quota;
  // Members that are added to a spread object make it several times as slow as the spread itself.
  return { grant, quota, ...asked };
}
