/** Stands between two gateways, and passes on what each says as a test would have it. */
import { type Asked, type System, startHttp } from './adapters/systems.js';

/** An answer on its way back. */
export interface Passing {
  /** 0: it is lost, and the connection with it. */
  status: number;
  readonly headers: Record<string, string>;
  body: string;
}

export interface Relay extends System {
  /** Where questions go on to. */
  target: string;
  /** Changes the answers to exchanges from now on. */
  alter: (answer: Passing, asked: Asked) => void;
  /** Changes the headers of questions from now on. */
  send: (headers: Record<string, string>) => Record<string, string>;
}

/** The connection's own, which are not passed on. */
const own = new Set(['connection', 'host', 'content-length', 'transfer-encoding', 'keep-alive', 'date']);

export async function startRelay(t: { teardown(done: () => Promise<void>): unknown }, target = ''): Promise<Relay> {
  const system = await startHttp(async (asked, response) => {
    const kept = Object.entries(asked.headers).filter(([name]) => !own.has(name));
    const headers = relay.send(Object.fromEntries(kept.map(([name, value]) => [name, String(value)])));
    const body = asked.method === 'POST' ? { body: new Uint8Array(asked.bytes) } : {};
    const answer = await fetch(relay.target + asked.url, { method: asked.method, headers, ...body });
    const back = Object.fromEntries([...answer.headers].filter(([name]) => !own.has(name)));
    const passing = { status: answer.status, headers: back, body: await answer.text() };
    if (asked.url.startsWith('/exchange/')) relay.alter(passing, asked);
    if (passing.status === 0) response.destroy();
    else response.writeHead(passing.status, passing.headers).end(passing.body);
  });
  t.teardown(() => system.close());
  const relay: Relay = { ...system, target, alter: () => undefined, send: headers => headers };
  return relay;
}
