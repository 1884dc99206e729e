/** What the process is told by signals: to stop, to stop at once, to read its config again. */
import { closeSync, openSync } from 'node:fs';

export interface Hearing {
  /** Stop, and answer first what is in flight. */
  stop(): void;
  /** Stop at once. */
  end(): void;
  /** Read config again. */
  reload(): void;
  /** A bug that nothing caught. */
  fail(error: unknown): void;
}

/** Ctrl-C, an orchestrator. */
const stopSignals = ['SIGINT', 'SIGTERM'] as const;
/** Milliseconds in which a repeated signal is the same one: npm passes on what the terminal has sent to both. */
const echo = 1000;
/** Milliseconds between looks at whether npm still lives, when npm has started the gateway. */
const parentPause = 250;

/**
 * Hears signals until it is told to forget them.
 *
 * @param byNpm whether npm started the process
 */
export function hearSignals(hearing: Hearing, byNpm: boolean): { forget(): void } {
  let first: number | undefined;
  const stop = () => {
    hearing.stop();
    first ??= Date.now();
    if (Date.now() - first > echo) hearing.end();
  };
  const hadTerminal = hasTerminal();
  // Sent by hand it means config; the kernel sends it when the terminal is gone, and with that whoever was at it.
  const hangUp = () => (hadTerminal && !hasTerminal() ? stop() : hearing.reload());
  const fail = (error: unknown) => hearing.fail(error);
  for (const name of stopSignals) process.on(name, stop);
  process.on('SIGHUP', hangUp);
  process.on('uncaughtException', fail);
  const parent = process.ppid;
  // Whoever kills npm means what it started, and would find the port and the data folder in use at the next start.
  const watch = setInterval(() => process.ppid !== parent && stop(), parentPause).unref();
  if (!byNpm) clearInterval(watch);
  return {
    forget() {
      clearInterval(watch);
      for (const name of stopSignals) process.off(name, stop);
      process.off('SIGHUP', hangUp);
      process.off('uncaughtException', fail);
    },
  };
}

/** Whether the process has a terminal of its own: once that is hung up, it can be opened no more. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
