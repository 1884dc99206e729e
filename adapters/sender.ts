/** Sends questions over HTTP as a system wants them: over its own connections, with a token where it asks for one. */
import type { HttpSettings } from '../schemas/stile/adapters/http-settings.js';
import { type AdapterContext, type Failure, failure } from './adapter.js';
import { credentialsOf } from './authentication.js';
import type { FlightLimits, WireReply } from './flight.js';
import { failureOfStatus } from './http-status.js';
import { TokenSource } from './oauth-token.js';
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
  'baseUrl' | 'authentication' | 'tls' | 'unverifiedTls' | 'connections' | 'queue' | 'connectTimeout' | 'probe'
>;

export class Sender {
  readonly #settings: SenderSettings;
  readonly #transport: Transport;
  readonly #tokens: TokenSource | undefined;

  constructor(settings: SenderSettings, context: AdapterContext) {
    this.#settings = settings;
    this.#transport = new Transport(settings, context.logger);
    const oauth = settings.authentication?.oauth2;
    if (oauth !== undefined) this.#tokens = new TokenSource(oauth, settings, context);
  }

  /** Sends with a token where the system wants one; if it refuses the token, once more with a new one. */
  async send(message: Message, limits: FlightLimits): Promise<WireReply | Failure> {
    const tokens = this.#tokens;
    if (tokens === undefined) return this.#transport.send(message, limits);
    const end = performance.now() + limits.time;
    for (let renewed = false; ; renewed = true) {
      const token = await tokens.token(end - performance.now(), limits.signal);
      if (typeof token !== 'string') return { ...token, notActed: true };
      const headers = [...message.headers, 'authorization', `Bearer ${token}`];
      const reply = await this.#transport.send({ ...message, headers }, { ...limits, time: end - performance.now() });
      if ('failure' in reply || reply.status !== 401 || renewed) return reply;
      tokens.refused(token);
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
    await Promise.all([this.#transport.close(), this.#tokens?.close()]);
  }
}
