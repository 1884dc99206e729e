/** The connections to one department's system: pooled, limited, verified. */
import type { Logger } from 'pino';
import type { Dispatcher } from 'undici';
import { type Failure, failure } from './adapter.js';
import { type FindAddresses, guardedLookup, guardedUrl, writtenHost } from './address-guard.js';
import { Flight, type FlightLimits, type WireReply } from './flight.js';
import { Pool } from './undici.js';

export interface TransportSettings {
  /** Absolute http or https URL; its path is put before every question's. */
  readonly baseUrl: string;
  readonly tls?: TlsSettings;
  /** Accepts any certificate. Named so that nobody sets it unawares. */
  readonly unverifiedTls?: boolean;
  /** Most connections at a time; whoever sends keeps to so many requests. */
  readonly connections: number;
  /** Longest wait for a connection, milliseconds. */
  readonly connectTimeout?: number;
}

export interface TlsSettings {
  /** PEM certificates to trust instead of the public authorities. */
  readonly authority?: string;
  /** The gateway's own certificate and its key, PEM, for mutual TLS. */
  readonly identity?: { readonly certificate: string; readonly key: string };
  /** The name the other side's certificate must have, where that is not the URL's host. */
  readonly serverName?: string;
}

export const defaultConnectTimeout = 3000;

/** The path that goes before every question's; empty where the base URL has none. */
export const prefixOf = (baseUrl: string): string => new URL(baseUrl).pathname.replace(/\/$/, '');

/** Longest wait for a probe's answer, milliseconds, and most bytes of it. */
export const probeLimits = { time: 10_000, bytes: 65_536 } as const;

/** Open connections to one origin, until closed. */
export class Transport {
  readonly #open: () => Dispatcher;
  readonly #refusal: string | undefined;
  /** There from the first request on: of a thousand systems few are asked, and a pool that waits is large. */
  #pool: Dispatcher | undefined;

  constructor(settings: TransportSettings, logger: Logger, findAddresses?: FindAddresses) {
    const { origin, protocol } = new URL(settings.baseUrl);
    const { connections, tls = {} } = settings;
    const verified = settings.unverifiedTls !== true;
    if (!verified) logger.warn({ origin }, 'unverifiedTls is set: the certificate of this system is not verified');
    this.#refusal = guardedUrl(settings.baseUrl);
    this.#open = () =>
      new Pool(origin, {
        connections,
        pipelining: 1,
        // Undici's own are coarse; each flight has one timer for the whole of it.
        headersTimeout: 0,
        bodyTimeout: 0,
        connect: {
          timeout: settings.connectTimeout ?? defaultConnectTimeout,
          lookup: guardedLookup(writtenHost(settings.baseUrl), findAddresses),
          ...(protocol === 'https:' ? tlsOptions(tls, verified) : {}),
        },
      });
  }

  /**
   * Sends one request and reads its answer whole.
   *
   * @returns the answer whatever its status, or why there is none
   */
  send(request: Dispatcher.DispatchOptions, limits: FlightLimits): Promise<WireReply | Failure> {
    if (this.#refusal !== undefined) {
      return Promise.resolve({ failure: failure.unreachable, detail: this.#refusal, notActed: true });
    }
    return new Promise((resolve, reject) => {
      this.#opened().dispatch(request, new Flight(limits, resolve, reject));
    });
  }

  /** Waits for what is under way, then closes all connections. */
  close(): Promise<void> {
    return this.#opened().close();
  }

  /** Gives up what is under way, and closes all connections. */
  abandon(): Promise<void> {
    return this.#opened().destroy();
  }

  #opened(): Dispatcher {
    this.#pool ??= this.#open();
    return this.#pool;
  }
}

function tlsOptions(tls: TlsSettings, verified: boolean) {
  return {
    rejectUnauthorized: verified,
    minVersion: 'TLSv1.2' as const,
    ...(tls.authority === undefined ? {} : { ca: tls.authority }),
    ...(tls.identity === undefined ? {} : { cert: tls.identity.certificate, key: tls.identity.key }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}
