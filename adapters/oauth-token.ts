/** Fetches access tokens from a department's authorisation server (RFC 6749, section 4.4). */
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import { type AdapterContext, type Failure, failure } from './adapter.js';
import { basicValue } from './authentication.js';
import type { WireReply } from './flight.js';
import { fetchTime, type Issuer, type Lent, lentFor } from './renewal.js';
import { Transport, type TransportSettings } from './transport.js';

type OAuth = NonNullable<NonNullable<HttpSettings['authentication']>['oauth2']>;

const replyBytes = 65_536;
const replyDepth = 8;
/** Life of a token whose server names none, seconds. RFC 6749, section 5.1, leaves it to be agreed. */
const lifeUnsaid = 300;

/** What a token endpoint answers that refuses the client itself. */
const refusals = new Set([400, 401, 403]);

/** Lends access tokens. */
export function tokenIssuer(
  settings: OAuth,
  connection: Omit<TransportSettings, 'baseUrl' | 'connections'>,
  context: AdapterContext,
): Issuer {
  const { logger, findAddresses } = context;
  const address = { ...connection, baseUrl: settings.tokenUrl, connections: 1 };
  const transport = new Transport(address, logger, findAddresses);
  return {
    what: 'token',
    async fetch() {
      const asked = performance.now();
      const reply = await transport.send(requestOf(settings), { time: fetchTime, bytes: replyBytes });
      if ('failure' in reply) return { ...reply, detail: `token endpoint: ${reply.detail}` };
      return readToken(reply, asked, context.readJson);
    },
    close: () => transport.abandon(),
  };
}

function requestOf({ tokenUrl, clientId, clientSecret, credentials, scope, audience }: OAuth) {
  const inBody = credentials === 'body';
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...(inBody ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  return {
    method: 'POST' as const,
    path: new URL(tokenUrl).pathname,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(inBody ? {} : { authorization: basicValue(formEncode(clientId), formEncode(clientSecret)) }),
    },
    body: body.toString(),
  };
}

function readToken({ status, body }: WireReply, asked: number, readJson: AdapterContext['readJson']): Lent | Failure {
  if (refusals.has(status)) return { failure: failure.denied, detail: `token endpoint: status ${status}` };
  if (status !== 200) return { failure: failure.failing, detail: `token endpoint: status ${status}` };
  const read = readJson(body, replyDepth);
  const {
    access_token,
    token_type,
    expires_in = lifeUnsaid,
  } = (('value' in read ? read.value : null) as TokenReply) ?? {};
  const good =
    typeof access_token === 'string' &&
    /^[\x21-\x7e]+$/.test(access_token) &&
    /^bearer$/i.test(String(token_type)) &&
    Number(expires_in) > 0;
  if (!good) return { failure: failure.malformed, detail: 'token endpoint: no bearer token in its answer' };
  return lentFor(access_token, asked, Number(expires_in) * 1000);
}

interface TokenReply {
  readonly access_token?: unknown;
  readonly token_type?: unknown;
  readonly expires_in?: unknown;
}

/** RFC 6749, section 2.3.1, and appendix B. */
const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);
