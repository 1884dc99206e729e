/** Fetches access tokens from an authorisation server (RFC 6749, section 4.4), by a secret or by signed assertions. */
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import { type AdapterContext, type Failure, failure } from './adapter.js';
import { basicValue } from './authentication.js';
import { assertionSigner } from './client-assertion.js';
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
  const prove = proofOf(settings);
  return {
    what: 'token',
    async fetch() {
      if (prove === undefined) return noKey;
      const request = requestOf(settings, await prove());
      const asked = performance.now();
      const reply = await transport.send(request, { time: fetchTime, bytes: replyBytes });
      if ('failure' in reply) return { ...reply, detail: `token endpoint: ${reply.detail}` };
      return readToken(reply, asked, context.readJson);
    },
    close: () => transport.abandon(),
  };
}

const noKey: Failure = { failure: failure.denied, detail: 'the private key is none that can sign assertions' };

/** How the gateway proves who it is: headers and parameters of a token request. */
interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Undefined when there is nothing to prove it with. */
function proofOf(settings: OAuth): (() => Promise<Proof>) | undefined {
  const { tokenUrl, clientId, clientSecret = '', privateKeyJwt, credentials } = settings;
  if (privateKeyJwt !== undefined) {
    const { audience = tokenUrl } = privateKeyJwt;
    const sign = assertionSigner({ ...privateKeyJwt, clientId, audience });
    return sign && (async () => ({ headers: {}, parameters: { client_id: clientId, ...(await sign()) } }));
  }
  const proof: Proof =
    credentials === 'body'
      ? { headers: {}, parameters: { client_id: clientId, client_secret: clientSecret } }
      : { headers: { authorization: basicValue(formEncode(clientId), formEncode(clientSecret)) }, parameters: {} };
  return async () => proof;
}

function requestOf({ tokenUrl, scope, audience }: OAuth, { headers, parameters }: Proof) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
    ...(audience === undefined ? {} : { audience }),
    ...parameters,
  });
  return {
    method: 'POST' as const,
    path: new URL(tokenUrl).pathname,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
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
