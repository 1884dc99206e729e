/** Replies of services whose config declares them reference data, given again to the same request for a while; never personal data. */
import type { Answer, JsonObject } from '../../adapters/adapter.js';
import { canonicalText } from '../ledger/canonical.js';
import { deepFreeze } from '../registry/freeze.js';
import type { Service } from '../registry/registry.js';

export interface KeptReply {
  /** With a time it was true at: the department's own, or else when it was asked. */
  readonly answer: Answer;
  /** Id of the exchange for which the department was asked. */
  readonly exchange: string;
}

/** What is asked, by whom and when. */
interface Asked {
  readonly id: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

interface Held extends KeptReply {
  readonly expiresAt: number;
  readonly bytes: number;
}

/** Most bytes of JSON that are kept, of all services together. */
const mostBytes = 64 * 1024 * 1024;

/** One a registry: what a changed mapping or contract would have answered otherwise is gone with the old one. */
export class ReplyCache {
  readonly #most: number;
  /** Least recently used first. */
  readonly #held = new Map<string, Held>();
  #bytes = 0;

  constructor(most = mostBytes) {
    this.#most = most;
  }

  find(service: Service, request: JsonObject, now: number): KeptReply | undefined {
    if (service.cacheLife === undefined) return undefined;
    const key = keyOf(service, request);
    const found = this.#held.get(key);
    if (found === undefined) return undefined;
    this.#drop(key, found);
    if (found.expiresAt <= now) return undefined;
    this.#hold(key, found);
    return found;
  }

  /** Keeps what the department answered; called for replies that keep the contract. */
  keep(service: Service, request: JsonObject, answer: Answer, { id, now }: Asked): void {
    if (service.cacheLife === undefined) return;
    const key = keyOf(service, request);
    const known = this.#held.get(key);
    if (known !== undefined) this.#drop(key, known);
    const bytes = Buffer.byteLength(JSON.stringify(answer.body)) + Buffer.byteLength(key);
    const { body, asOf = new Date(now).toISOString() } = answer;
    const held = { answer: deepFreeze({ body, asOf }), exchange: id, expiresAt: now + service.cacheLife, bytes };
    if (bytes > this.#most) return;
    this.#hold(key, held);
    for (const [oldest, one] of this.#held) {
      if (this.#bytes <= this.#most) break;
      this.#drop(oldest, one);
    }
  }

  #hold(key: string, held: Held): void {
    this.#held.set(key, held);
    this.#bytes += held.bytes;
  }

  #drop(key: string, held: Held): void {
    this.#held.delete(key);
    this.#bytes -= held.bytes;
  }
}

const keyOf = (service: Service, request: JsonObject): string => `${service.id} ${canonicalText(request)}`;
