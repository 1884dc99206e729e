/** Whom a peer, another Stile gateway, asks for: a client of a department of its own, by the way that the call says it came. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Exit } from '../problem.js';
import type { Client, Peer } from '../registry/registry.js';
import { namesPerson } from './header.js';
import type { Trail } from './trail.js';

/** Header by which a peer names the client; nobody else may send it. */
export const onBehalfOf = 'stile-on-behalf-of';

const clientForm = /^([a-z0-9]+(?:[.-][a-z0-9]+)*)\/([a-z0-9]+(?:-[a-z0-9]+)*)$/;
const deploymentForm = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
const positionForm = /^(?:0|[1-9][0-9]{0,9})\/(?:0|[1-9][0-9]{0,15})$/;
const idForm = /^[\w-]{22}$/;
/** Characters. */
const longest = 200;
const longestVia = 4000;

/**
 * The client for whom a peer asks, under this gateway's name of it. A peer's `housing/permits` is `<peer>.housing/permits` here,
 * so that there is no way to write the name of anybody else's.
 *
 * @param gateway the peer's client, whose token it is
 */
export function clientBehind(gateway: Client, peer: Peer, headers: IncomingHttpHeaders, trail: Trail): Client | Exit {
  const { settings, deployment, departments } = trail.registry;
  const [, department, id] = clientForm.exec(textOf(headers[onBehalfOf])) ?? [];
  const via = textOf(headers['stile-via'], longestVia).split(/, ?/);
  const record = textOf(headers['stile-record']);
  const request = textOf(headers['x-request-id']);
  const isWhole =
    department !== undefined &&
    // All of it goes on record.
    ![`${department}/${id}`, request, ...via].some(namesPerson) &&
    via.every(each => deploymentForm.test(each)) &&
    via.at(-1) === peer.deployment &&
    positionForm.test(record) &&
    idForm.test(request);
  if (!isWhole) return { code: 'STILE_PEER_ORIGIN' };
  if (via.includes(deployment)) return { code: 'STILE_PEER_LOOP' };
  if (via.length > settings.exchange.hopLimit) return { code: 'STILE_PEER_HOPS' };
  const known = departments.get(`${gateway.department}.${department}`);
  if (known === undefined) return { code: 'STILE_PEER_DEPARTMENT' };
  const client: Client = { id: `${known.id}/${id}`, department: known.id, name: known.name, keys: [] };
  trail.client = client;
  trail.asking = { gateway, deployment: peer.deployment, id: request, record, via };
  return client;
}

/** A header's text; nothing where it is absent, repeated or too long. */
const textOf = (header: string | string[] | undefined, most = longest): string =>
  typeof header === 'string' && header.length <= most ? header : '';
