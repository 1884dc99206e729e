/** The registry in force with its open adapters: each exchange holds the ones it began with, and what is replaced is closed when the last lets go. */
import type { Logger } from 'pino';
import type { AgreementIndex } from '../agreements/agreement-index.js';
import type { Registry } from '../registry/registry.js';
import type { Adapters } from './adapters.js';

/** One registry with the adapters that were opened for it, and for it alone or for the one before too. */
export interface Held {
  readonly registry: Registry;
  readonly adapters: Adapters;
  /** Holds them once more. */
  hold(): void;
  /** To be called once for each hold, when nothing more is asked of either. */
  letGo(): void;
}

export interface InForce {
  registry(): Registry;
  /** Its adapters; whoever asks them anything holds them. */
  adapters(): Adapters;
  /** What is in force now, kept open until it is let go. */
  hold(): Held;
  /** Puts another in its place, at once and whole. The grants change with it. */
  replace(registry: Registry, adapters: Adapters): void;
  /** Lets go of what is in force. Called when no exchange is under way. */
  close(): Promise<void>;
}

export function openInForce(
  registry: Registry,
  adapters: Adapters,
  agreements: Pick<AgreementIndex, 'adopt' | 'forget'>,
  logger: Logger,
): InForce {
  const closing = new Set<Promise<void>>();

  function open(of: Registry, its: Adapters): Held {
    // The first is that it is in force.
    let holds = 1;
    return {
      registry: of,
      adapters: its,
      hold() {
        holds++;
      },
      letGo() {
        holds--;
        if (holds > 0) return;
        agreements.forget(of);
        const closed = its
          .close()
          .catch((error: unknown) => logger.error({ err: error }, 'an adapter did not close'))
          .finally(() => closing.delete(closed));
        closing.add(closed);
      },
    };
  }

  let now = open(registry, adapters);
  return {
    registry: () => now.registry,
    adapters: () => now.adapters,
    hold() {
      now.hold();
      return now;
    },
    replace(next, its) {
      const before = now;
      agreements.adopt(next);
      now = open(next, its);
      before.letGo();
    },
    async close() {
      now.letGo();
      await Promise.all(closing);
    },
  };
}
