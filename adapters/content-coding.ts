/** Undoes the content coding of an answer (RFC 9110, section 8.4), and stops as soon as it grows past its limit. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, type InputType, inflate, type ZlibOptions } from 'node:zlib';
import { type Failure, failure } from './adapter.js';

type Decoder = (body: InputType, options: ZlibOptions) => Promise<Buffer>;

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', promisify<InputType, ZlibOptions, Buffer>(gunzip)],
  ['x-gzip', promisify<InputType, ZlibOptions, Buffer>(gunzip)],
  ['deflate', promisify<InputType, ZlibOptions, Buffer>(inflate)],
  ['br', promisify(brotliDecompress) as Decoder],
]);

/** What is offered when compression is wanted. */
export const codings = 'gzip, br, deflate';

/**
 * @param coding the `content-encoding` header
 * @param limit most bytes of the decoded body
 */
export async function decode(
  body: Buffer,
  coding: string | string[] | undefined,
  limit: number,
): Promise<Buffer | Failure> {
  const name = String(coding ?? 'identity')
    .trim()
    .toLowerCase();
  if (name === 'identity' || name === '') return body;
  const decoder = decoders.get(name);
  if (decoder === undefined) return { failure: failure.malformed, detail: 'unknown content coding' };
  try {
    return await decoder(body, { maxOutputLength: limit });
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return large
      ? { failure: failure.tooLarge, detail: `more than ${limit} bytes after ${name}` }
      : { failure: failure.malformed, detail: `body is no ${name}` };
  }
}
