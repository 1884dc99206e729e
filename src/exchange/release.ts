/** Step *release*: the reply, now that its record is durable; or the refusal, with its record. */
import { hash } from 'node:crypto';
import { type Exit, problem, problemHeaders } from '../problem.js';
import { releaseLevel } from '../registry/registry.js';
import type { Language } from '../text.js';
import type { Reply } from './call.js';
import type { QuotaLeft } from './limit.js';
import { outcomeOf, type Trail } from './trail.js';

/** What an exchange found: the released bytes, cut to the grant. */
export interface Found {
  readonly body: string;
  readonly asOf: string | undefined;
  readonly quota: QuotaLeft;
}

/** What every reply of a deprecated service says of that, its links after those there are. */
function withDeprecation(headers: Record<string, string>, { service }: Trail): Record<string, string> {
  if (service?.deprecation === undefined) return headers;
  const { deprecation = '', sunset, link } = service.deprecation.headers;
  const links = [headers.link, link].filter(each => each !== undefined).join(', ');
  return {
    ...headers,
    deprecation,
    ...(sunset === undefined ? {} : { sunset }),
    ...(links === '' ? {} : { link: links }),
  };
}

/** Names this gateway to a peer. */
const deployment = 'stile-deployment';

/** A peer is told what became of the exchange, as its own record must say no less. */
const toPeer = (exit: Exit, trail: Trail): Record<string, string> =>
  trail.asking === undefined
    ? {}
    : { [deployment]: trail.registry.deployment, 'stile-outcome': outcomeOf(trail, exit) };

/** @param record ledger position of the access record, `shard/index` */
export function release(found: Found, record: string, trail: Trail): Reply {
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'stile-record': record,
    'stile-release': trail.service?.release ?? releaseLevel.committed,
    link: `</ledger/receipts/${record}>; rel="https://c2sp.org/tlog-proof"`,
    // RFC 9530, section 2
    'content-digest': `sha-256=:${hash('sha256', found.body, 'base64')}:`,
    traceparent: trail.traceparent,
  };
  if (trail.asking !== undefined) headers[deployment] = trail.registry.deployment;
  if (found.asOf !== undefined) headers['stile-as-of'] = found.asOf;
  if (found.quota.policy !== '') {
    headers['ratelimit-policy'] = found.quota.policy;
    headers.ratelimit = found.quota.left;
  }
  return { status: 200, headers: withDeprecation(headers, trail), body: found.body };
}

/** @param record position of the refusal's own record; absent when it was only counted or could not be written */
export function refuse(exit: Exit, language: Language, trail: Trail, record: string | undefined): Reply {
  const body = problem(exit, language, record);
  const always = { 'cache-control': 'no-store', traceparent: trail.traceparent, ...toPeer(exit, trail) };
  const headers = withDeprecation({ ...problemHeaders(exit, language), ...always }, trail);
  return {
    status: body.status as number,
    headers: record === undefined ? headers : { ...headers, 'stile-record': record },
    body: JSON.stringify(body),
  };
}
