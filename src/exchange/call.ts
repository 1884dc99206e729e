/** One call as it came in, and one reply as it goes out: all that the pipeline knows of HTTP. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Language } from '../text.js';

export interface RawCall {
  readonly method: string;
  /** The request target exactly as sent, not decoded. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** The caller's address. */
  readonly source: string;
  readonly language: Language;
  /** The body's bytes, `too-large` past the limit, or `cut-off` when the caller broke off. */
  readBody(limit: number): Promise<Buffer | 'too-large' | 'cut-off'>;
  /** True once the caller has hung up. */
  gone(): boolean;
  /**
   * Has a listener told once the caller hangs up.
   *
   * @returns what has it told no more
   */
  onGone(listener: () => void): () => void;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
