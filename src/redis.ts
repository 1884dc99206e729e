/** The connection on which replicas count limits together: a Redis that is away or hangs is soon an error, never a wait. */
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

/** Longest wait for a connection and for one answer, milliseconds. */
const deadline = 1000;

/** Loaded only where it is used, as it takes a noticeable part of a start. Connects, and connects again, by itself. */
export async function openRedis(url: string, logger: Logger): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, { connectTimeout: deadline, commandTimeout: deadline });
  // The error itself may hold the command that failed, and with it the password.
  redis.on('error', ({ message }: Error) => logger.warn({ reason: message }, 'the connection to Redis broke'));
  return redis;
}
