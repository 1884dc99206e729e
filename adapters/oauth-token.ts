/** Keeps one access token of a department's authorisation server at hand (RFC 6749, section 4.4). */
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import { type AdapterContext, type Failure, failure } from './adapter.js';
import { basicValue } from './authentication.js';
import type { WireReply } from './flight.js';
import { Transport, type TransportSettings } from './transport.js';

type OAuth = NonNullable<NonNullable<HttpSettings['authentication']>['oauth2']>;

interface Token {
  readonly value: string;
  /** On the monotonic clock, milliseconds: from then on a new one is fetched while this one is still used. */
  readonly staleAt: number;
  readonly expiresAt: number;
}

/** Longest wait for the token endpoint, milliseconds; a call whose own deadline is sooner does not wait for it. */
const fetchTime = 10_000;
const replyBytes = 65_536;
const replyDepth = 8;
/** Life of a token whose server names none, seconds. RFC 6749, section 5.1, leaves it to be agreed. */
const lifeUnsaid = 300;
/** Part of a token's life after which the next is fetched. */
const freshPart = 0.8;

/** Wait before the renewal of a token that is still good is tried again, milliseconds. */
const renewPause = 5_000;

/** What a token endpoint answers that refuses the client itself. */
const refusals = new Set([400, 401, 403]);

/** Fetches tokens: ahead of their end, one request at a time however many calls wait. */
export class TokenSource {
  readonly #settings: OAuth;
  readonly #context: AdapterContext;
  readonly #transport: Transport;
  #token: Token | undefined;
  #fetching: Promise<Token | Failure> | undefined;

  constructor(settings: OAuth, transport: Omit<TransportSettings, 'baseUrl'>, context: AdapterContext) {
    this.#settings = settings;
    this.#context = context;
    this.#transport = new Transport({ ...transport, baseUrl: settings.tokenUrl, connections: 1 }, context.logger);
  }

  /** @param time milliseconds the caller can wait, unless the signal ends it sooner */
  async token(time: number, signal?: AbortSignal): Promise<string | Failure> {
    const now = performance.now();
    const held = this.#token;
    if (held !== undefined && now < held.expiresAt) {
      if (now >= held.staleAt) this.#fetch().catch(bug => this.#context.logger.error(bug, 'token not renewed'));
      return held.value;
    }
    const found = await within(this.#fetch(), time, signal);
    return 'value' in found ? found.value : found;
  }

  /** Forgets a token that the department has refused, unless another has taken its place. */
  refused(value: string): void {
    if (this.#token?.value === value) this.#token = undefined;
  }

  close(): Promise<void> {
    return this.#transport.abandon();
  }

  #fetch(): Promise<Token | Failure> {
    this.#fetching ??= this.#request().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #request(): Promise<Token | Failure> {
    const { tokenUrl, clientId, clientSecret, credentials, scope, audience } = this.#settings;
    const inBody = credentials === 'body';
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope === undefined ? {} : { scope }),
      ...(audience === undefined ? {} : { audience }),
      ...(inBody ? { client_id: clientId, client_secret: clientSecret } : {}),
    });
    const { pathname } = new URL(tokenUrl);
    const asked = performance.now();
    const reply = await this.#transport.send(
      {
        method: 'POST',
        path: pathname,
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          ...(inBody ? {} : { authorization: basicValue(formEncode(clientId), formEncode(clientSecret)) }),
        },
        body: body.toString(),
      },
      { time: fetchTime, bytes: replyBytes },
    );
    const found =
      'failure' in reply ? { ...reply, detail: `token endpoint: ${reply.detail}` } : this.#read(reply, asked);
    if ('value' in found) {
      this.#token = found;
    } else {
      this.#context.logger.warn(found, 'no token');
      if (this.#token !== undefined) this.#token = { ...this.#token, staleAt: performance.now() + renewPause };
    }
    return found;
  }

  #read({ status, body }: WireReply, asked: number): Token | Failure {
    if (refusals.has(status)) return { failure: failure.denied, detail: `token endpoint: status ${status}` };
    if (status !== 200) return { failure: failure.failing, detail: `token endpoint: status ${status}` };
    const read = this.#context.readJson(body, replyDepth);
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
    const life = Number(expires_in) * 1000;
    return { value: access_token, staleAt: asked + life * freshPart, expiresAt: asked + life };
  }
}

interface TokenReply {
  readonly access_token?: unknown;
  readonly token_type?: unknown;
  readonly expires_in?: unknown;
}

/** RFC 6749, section 2.3.1, and appendix B. */
const formEncode = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1);

/** What is found in time, or a timeout. */
async function within<T>(found: Promise<T>, time: number, signal?: AbortSignal): Promise<T | Failure> {
  let giveUp = (): void => undefined;
  const late = new Promise<Failure>(resolve => {
    giveUp = () => resolve({ failure: failure.timeout, detail: 'no token in time' });
  });
  const timer = setTimeout(giveUp, time);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
