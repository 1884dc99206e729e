/** A witness's one route over HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { addCheckpoint, type Witness } from './add-checkpoint.js';

/** A checkpoint with a hundred signatures of the longest type, and its proof, is well below. */
const mostBytes = 512 * 1024;
/** Longest that a log may take to send a request, milliseconds. */
const requestTimeout = 10_000;
const path = '/add-checkpoint';

/** Not listening yet. */
export function witnessServer(witness: Witness, logger: Logger): Server {
  const server = createServer({ requestTimeout, headersTimeout: requestTimeout }, (request, response) => {
    answer(request, response).catch(error => {
      logger.error({ err: error }, 'a checkpoint could not be judged; nothing was cosigned');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== path) return refuse(response, 404);
    if (request.method !== 'POST') return refuse(response.setHeader('allow', 'POST'), 405);
    const body = await readBody(request);
    if (body === null) return refuse(response.setHeader('connection', 'close'), 413);
    const { status, type, body: text, evidence } = addCheckpoint(body, witness);
    if (evidence !== undefined) logger.error({ note: evidence }, 'a log signed a tree that does not extend its own');
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
  }
  return server;
}

const refuse = (response: ServerResponse, status: number): void => {
  response.writeHead(status).end();
};

/** @returns null when it is too large */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
