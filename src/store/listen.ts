/** Hears of changes by LISTEN on a connection of its own, and says so after every gap in which a notification may have been missed. */
import { Client } from 'pg';
import type { Logger } from 'pino';

export interface Listener {
  close(): Promise<void>;
}

/** Pauses between tries to connect again, milliseconds; the last one repeats. */
const pauses = [50, 200, 1000, 3000] as const;

/**
 * Calls `heard` with each notification of the channel, and with nothing after each reconnection. Resolves when it first listens, or
 * when the first try has failed; the tries go on.
 */
export async function listen(
  database: string,
  channel: string,
  heard: (payload?: string) => void,
  logger: Logger,
): Promise<Listener> {
  let client: Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let tries = 0;
  let closed = false;

  async function connect(): Promise<void> {
    const next = new Client({
      connectionString: database,
      application_name: 'stile listen',
      connectionTimeoutMillis: 5000,
      keepAlive: true,
    });
    client = next;
    let lost = false;
    const lose = (error?: Error) => {
      if (lost || closed) return;
      lost = true;
      next.end().catch(() => undefined);
      logger.warn({ err: error, channel }, 'the connection that hears of changes broke');
      timer = setTimeout(connect, pauses[Math.min(tries++, pauses.length - 1)]);
    };
    next.on('error', lose).on('end', () => lose());
    next.on('notification', ({ payload = '' }) => heard(payload));
    try {
      await next.connect();
      await next.query(`LISTEN ${next.escapeIdentifier(channel)}`);
      tries = 0;
      heard();
    } catch (error) {
      lose(error as Error);
    }
  }

  await connect();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
