/** Reads a request's body up to a limit, without ever holding more than that. */
import type { IncomingMessage } from 'node:http';

/**
 * @param limit most bytes accepted
 * @returns the bytes, or that there are too many, or that the caller broke off
 */
export function readBody(message: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'cut-off'> {
  if (Number(message.headers['content-length'] ?? 0) > limit) return Promise.resolve('too-large');
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (found: Buffer | 'too-large' | 'cut-off') => {
      message.off('data', take).off('end', end).off('close', broke).off('error', broke);
      resolve(found);
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) finish('too-large');
      else chunks.push(chunk);
    };
    const end = () => finish(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
    const broke = () => finish('cut-off');
    message.on('data', take).on('end', end).on('close', broke).on('error', broke);
  });
}
