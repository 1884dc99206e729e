/** What the sample departments share: a plain HTTP server that remembers what it was asked and misbehaves on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type AccessLog, openAccessLog } from './access-log.js';
import { type Answer, type ContentFault, type Misbehaviour, misbehave, send } from './misbehaviour.js';

/** A department's own system that runs. */
export interface RunningDepartment {
  /** Where it is, as it is told to people. */
  readonly address: string;
  close(): Promise<void>;
}

/** One that speaks HTTP. */
export interface SampleDepartment extends RunningDepartment {
  /** `http://127.0.0.1:43117`, with no trailing slash. */
  readonly url: string;
  /** Misbehaves from the next request on, until told another thing; null: behaves again. */
  misbehave(misbehaviour: Misbehaviour | null): void;
  /** The request ids of what it was asked, oldest first, whatever it answered; the latest 100,000 or more. */
  asked(): readonly string[];
  /** The same, of one interface alone, as the department exports it: CSV. */
  export(operation: string): string;
}

/** One request, read by the department: whom it is about, under which id, and how to act and answer. */
export interface Question {
  readonly requestId: string;
  /** The department's own name of the interface that was called; absent when it called none, or might not. */
  readonly operation?: string;
  readonly about: string;
  answer(): Answer;
}

export interface DepartmentSystem {
  /** Reads a request without a body, or with the one given. */
  read(request: IncomingMessage, body: Buffer | undefined): Question;
  /** Applies a fault to the content of a true answer. */
  spoil(answer: Answer, fault: ContentFault): Answer;
}

const bodyLimit = 65_536;
const keepAlive = 60_000;
/** `/access-log/marriages` is the list of an interface's requests. */
const logPath = '/access-log/';

/**
 * Starts a department's system.
 *
 * @param port 0 for any free one
 */
export async function serve(system: DepartmentSystem, host: string, port: number): Promise<SampleDepartment> {
  let current: Misbehaviour | null = null;
  let left = Number.POSITIVE_INFINITY;
  const log = openAccessLog();
  const sockets = new Set<Socket>();

  function reply(request: IncomingMessage, response: ServerResponse, body: Buffer | undefined): void {
    const question = system.read(request, body);
    log.note(question.requestId, question.operation ?? '');
    if (current === null || (current.about !== undefined && current.about !== question.about)) {
      send(response, question.answer());
      return;
    }
    const now = current;
    left -= 1;
    if (left <= 0) current = null;
    misbehave(response, now, question.answer, system.spoil);
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET' && request.url?.startsWith(logPath)) {
      sendLog(log, request.url.slice(logPath.length), response);
      return;
    }
    if (request.method === 'GET') {
      reply(request, response, undefined);
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > bodyLimit) request.destroy();
      else chunks.push(chunk);
    });
    request.on('end', () => reply(request, response, Buffer.concat(chunks)));
  }

  const server = createServer({ keepAliveTimeout: keepAlive }, receive);
  server.on('connection', socket => {
    if (current?.kind === 'down') {
      socket.resetAndDestroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const bound = server.address() as AddressInfo;
  const url = `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;

  return {
    url,
    address: url,
    misbehave(misbehaviour) {
      current = misbehaviour;
      left = misbehaviour?.times ?? Number.POSITIVE_INFINITY;
      if (misbehaviour?.kind === 'down') for (const socket of sockets) socket.resetAndDestroy();
    },
    asked: log.requestIds,
    export: log.export,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function sendLog(log: AccessLog, operation: string, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' });
  response.end(log.export(operation));
}
