/** Lets tests outside the process tell the sample departments to misbehave, and ask what they were asked. Loopback only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SampleDepartment } from './department.js';
import { isMisbehaviour } from './misbehaviour.js';

export interface Control {
  readonly url: string;
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const bodyLimit = 4096;

/**
 * `PUT /{department}/misbehaviour` sets one (JSON `null` ends it); `GET /{department}/asked` answers the request ids.
 *
 * @param departments by department id
 */
export async function startControl(
  departments: Readonly<Record<string, SampleDepartment>>,
  port: number,
): Promise<Control> {
  function act(request: IncomingMessage, body: string): readonly [number, unknown] {
    const [, id = '', noun] = (request.url ?? '').split('/');
    const department = Object.hasOwn(departments, id) ? departments[id] : undefined;
    if (department === undefined) return [404, { error: 'no such department' }];
    if (request.method === 'GET' && noun === 'asked') return [200, department.asked()];
    if (request.method !== 'PUT' || noun !== 'misbehaviour') return [404, { error: 'no such resource' }];
    const value = parse(body);
    if (value !== null && !isMisbehaviour(value)) return [400, { error: 'no such misbehaviour' }];
    department.misbehave(value);
    return [200, value];
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
      if (body.length > bodyLimit) request.destroy();
    });
    request.on('end', () => {
      const [status, answer] = act(request, body);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  }

  const server = createServer(receive);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, loopback, () => resolve());
  });
  return {
    url: `http://${loopback}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
