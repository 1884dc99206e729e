/** Sends questions over HTTP as a system wants them: over its own connections, with a token where it asks for one. */
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import { type AdapterContext, type Failure, failure } from './adapter.js';
import { credentialsOf } from './authentication.js';
import type { FlightLimits, WireReply } from './flight.js';
import { failureOfStatus } from './http-status.js';
import { tokenIssuer } from './oauth-token.js';
import { Renewal } from './renewal.js';
import { secretIssuer, signatureHeaders } from './sharing-platform.js';
import { prefixOf, probeLimits, Transport } from './transport.js';

/** One HTTP request. */
export interface Message {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | Buffer | null;
}

/** What all systems that speak HTTP have in common. */
export type SenderSettings = Pick<
  HttpSettings,
  'baseUrl' | 'authentication' | 'tls' | 'unverifiedTls' | 'connectTimeout' | 'probe'
>;

/** Credentials that come and go, and how a question shows them. */
interface Lending {
  readonly renewal: Renewal;
  /** Names and values in turn. */
  headers(value: string): string[];
}

function lendingOf(settings: SenderSettings, context: AdapterContext): Lending | undefined {
  const { oauth2, sharingPlatform } = settings.authentication ?? {};
  if (oauth2 !== undefined) {
    const renewal = new Renewal(tokenIssuer(oauth2, settings, context), context);
    return { renewal, headers: token => ['authorization', `Bearer ${token}`] };
  }
  if (sharingPlatform !== undefined) {
    const renewal = new Renewal(secretIssuer(sharingPlatform, settings, context), context);
    return { renewal, headers: secret => signatureHeaders(sharingPlatform, secret) };
  }
  return undefined;
}

export class Sender {
  readonly #settings: SenderSettings;
  readonly #transport: Transport;
  readonly #lent: Lending | undefined;

  constructor(settings: SenderSettings, context: AdapterContext) {
    this.#settings = settings;
    const { logger, concurrency, findAddresses } = context;
    this.#transport = new Transport({ ...settings, connections: concurrency }, logger, findAddresses);
    this.#lent = lendingOf(settings, context);
  }

  /** Sends with what is lent for it where the system wants that, such as a token; if it refuses that, once more with a new one. */
  send(message: Message, limits: FlightLimits): Promise<WireReply | Failure> {
    return this.#lent === undefined
      ? this.#transport.send(message, limits)
      : this.#sendWith(this.#lent, message, limits);
  }

  async #sendWith(lent: Lending, message: Message, limits: FlightLimits): Promise<WireReply | Failure> {
    const end = performance.now() + limits.time;
    for (let renewed = false; ; renewed = true) {
      const value = await lent.renewal.current(end - performance.now(), limits.signal);
      if (typeof value !== 'string') return { ...value, notActed: true };
      const headers = [...message.headers, ...lent.headers(value)];
      const reply = await this.#transport.send({ ...message, headers }, { ...limits, time: end - performance.now() });
      if ('failure' in reply || reply.status !== 401 || renewed) return reply;
      lent.renewal.refused(value);
    }
  }

  /** Whether the system can be reached now, with the credentials that config has for it. */
  async probe(signal: AbortSignal): Promise<Failure | null> {
    const { probe, baseUrl, authentication } = this.#settings;
    const { headers, query } = credentialsOf(authentication);
    const path = prefixOf(baseUrl) + (probe?.path ?? '/');
    const asked = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
    const message: Message = { method: 'GET', path: asked, headers: [...headers], body: null };
    const reply = await this.send(message, { ...probeLimits, signal });
    // Without a path of its own a probe asks only whether anybody answers; a large answer is one.
    if ('failure' in reply) return probe === undefined && reply.failure === failure.tooLarge ? null : reply;
    return probe === undefined || (reply.status >= 200 && reply.status < 300) ? null : failureOfStatus(reply.status);
  }

  async close(): Promise<void> {
    await Promise.all([this.#transport.close(), this.#lent?.renewal.close()]);
  }
}
