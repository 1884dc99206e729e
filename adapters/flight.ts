/** One HTTP request under way: collects the answer within its limits, and gives up in time. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Failure, failure } from './adapter.js';
import { failureOf } from './transport-failure.js';

/** An answer as it came over the wire, its body still encoded. */
export interface WireReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FlightLimits {
  /** Milliseconds until the whole answer must be there. */
  readonly time: number;
  /** Most bytes of its body as sent. */
  readonly bytes: number;
  /** Ends it sooner. */
  readonly signal?: AbortSignal | undefined;
}

type Settle = (found: WireReply | Failure) => void;

/** Undici's handler of one request. It settles once, whatever comes after. */
export class Flight implements Dispatcher.DispatchHandler {
  readonly #settle: Settle;
  readonly #crash: (bug: Error) => void;
  readonly #bytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #forget: (() => void) | undefined;
  #settled = false;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #size = 0;

  /** @param crash told of what only a bug of ours can cause */
  constructor(limits: FlightLimits, settle: Settle, crash: (bug: Error) => void) {
    this.#settle = settle;
    this.#crash = crash;
    this.#bytes = limits.bytes;
    this.#timer = setTimeout(expire, limits.time, this);
    if (limits.signal !== undefined) this.#endWith(limits.signal);
  }

  /** Ends the flight with a failure and closes its socket. */
  abandon(found: Failure): void {
    this.#fail(found);
    this.#controller?.abort(new Error(found.failure));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: a throw here skips the request and keeps the connection, an abort would not.
    if (this.#settled) throw new Error('given up');
    this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#bytes) this.#chunks.push(chunk);
    else this.#overflow();
  }

  onResponseEnd(): void {
    const [only] = this.#chunks;
    const body = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    this.#finish({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error & { code?: string }): void {
    if (error.code === 'UND_ERR_INVALID_ARG') this.#crash(error);
    this.#fail(failureOf(error, this.#status !== 0));
  }

  /** What an error says at length is of no interest: its status alone decides. */
  #overflow(): void {
    if (this.#status >= 400) this.#finish({ status: this.#status, headers: this.#headers, body: Buffer.alloc(0) });
    this.abandon({ failure: failure.tooLarge, detail: `more than ${this.#bytes} bytes` });
  }

  #fail(found: Failure): void {
    // Without a controller it never had a connection.
    this.#finish(this.#controller === undefined ? { ...found, notActed: true } : found);
  }

  #endWith(signal: AbortSignal): void {
    const end = (): void => expire(this);
    this.#forget = () => signal.removeEventListener('abort', end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  }

  #finish(found: WireReply | Failure): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    this.#settle(found);
  }
}

function expire(flight: Flight): void {
  flight.abandon({ failure: failure.timeout, detail: 'no whole answer in time' });
}
