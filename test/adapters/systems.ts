/** Departments' systems for tests: real servers whose every answer a test decides, and that remember what they were asked. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import {
  type AddressInfo,
  createServer as createSocketServer,
  type Socket,
  type Server as SocketServer,
} from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly bytes: Buffer;
}

export interface System {
  readonly url: string;
  readonly port: number;
  /** Every request, oldest first. */
  readonly asked: Asked[];
  /** Every connection, oldest first, closed ones too. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

export type Answering = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

/** Answers with JSON. */
export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answering =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** One answer after the other; the last for all that follow. */
export function inTurn(...answers: Answering[]): Answering {
  let at = 0;
  return (...given) => answers[Math.min(at++, answers.length - 1)]?.(...given);
}

export const startHttp = (answer: Answering): Promise<System> => listen(createServer(), answer, 'http');
export const startHttps = (answer: Answering, options: ServerOptions): Promise<System> =>
  listen(createSecureServer(options), answer, 'https');

async function listen(server: Server, answer: Answering, protocol: string): Promise<System> {
  const asked: Asked[] = [];
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers, rawHeaders } = request;
    const bytes = await buffer(request).catch(() => Buffer.alloc(0));
    const one = { method, url, headers, rawHeaders, body: bytes.toString(), bytes };
    asked.push(one);
    answer(one, response, request);
  });
  return { ...(await open(server, protocol)), asked };
}

/** A server that writes whatever a test wants, HTTP or not. */
export const startRaw = async (answer: (socket: Socket, question: string) => void): Promise<System> => {
  const server = createSocketServer(socket => {
    socket.on('error', () => undefined);
    socket.on('data', question => answer(socket, question.toString('latin1')));
  });
  return { ...(await open(server, 'http')), asked: [] };
};

async function open(server: SocketServer, protocol: string): Promise<Omit<System, 'asked'>> {
  const sockets: Socket[] = [];
  server.on('connection', socket => sockets.push(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    port,
    sockets,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise(resolve => server.close(() => resolve()));
    },
  };
}

/** Resolves as soon as the condition holds; a test's own timeout is what fails it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 5));
}
