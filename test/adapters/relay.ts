/** Stands between an adapter and a real system, whatever they speak, and does what networks do: holds, cuts, garbles, refuses. */

import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/** What becomes of the system's bytes, counted on each connection from when this was said. */
export type Passage =
  | { readonly kind: 'pass' }
  /** So many bytes more, then none, and the connection stays. */
  | { readonly kind: 'hold'; readonly after: number }
  /** So many bytes more, then a reset. */
  | { readonly kind: 'cut'; readonly after: number }
  /** These instead of what the system says. */
  | { readonly kind: 'garble'; readonly bytes: string };

export interface Relay {
  readonly port: number;
  /** Connections of the adapter's that are open. */
  open(): number;
  /** Resolves once all on which the adapter said something since {@link let} are closed. Others may be open: undici opens one in place of one it closes. */
  freed(): Promise<unknown>;
  /** Connections on which something is held back. */
  held(): number;
  let(passage: Passage): void;
  /** Resets every connection that is open. */
  reset(): void;
  /** Nobody listens any more. */
  stop(): Promise<void>;
  /** Listens again, where it did. */
  start(): Promise<void>;
}

export async function startRelay(system: NetConnectOpts): Promise<Relay> {
  let passage: Passage = { kind: 'pass' };
  const links = new Set<Link>();
  const accept = (socket: Socket): void => {
    const link: Link = { socket, upstream: connect(system), passed: 0, held: false, asked: false };
    links.add(link);
    join(link, () => passage);
    socket.on('close', () => links.delete(link));
  };
  let server = await listen(accept, 0);
  const { port } = server.address() as AddressInfo;
  const reset = (): void => {
    for (const { socket } of links) drop(socket);
  };
  return {
    port,
    open: () => links.size,
    freed: () => Promise.all([...links].filter(({ asked }) => asked).map(({ socket }) => closed(socket))),
    held: () => [...links].filter(({ held }) => held).length,
    let(given) {
      passage = given;
      for (const link of links) Object.assign(link, { passed: 0, held: false, asked: false });
    },
    reset,
    async stop() {
      reset();
      await new Promise(resolve => server.close(resolve));
    },
    async start() {
      server = await listen(accept, port);
    },
  };
}

/** A reset is an error too, and no matter here. */
const closed = (socket: Socket): Promise<unknown> => new Promise(resolve => socket.once('close', resolve));

interface Link {
  readonly socket: Socket;
  readonly upstream: Socket;
  passed: number;
  held: boolean;
  asked: boolean;
}

function join(link: Link, passage: () => Passage): void {
  const { socket, upstream } = link;
  socket.on('data', chunk => {
    link.asked = true;
    upstream.write(chunk);
  });
  upstream.on('data', chunk => pass(link, chunk, passage()));
  for (const one of [socket, upstream]) one.on('error', () => undefined);
  socket.on('close', () => upstream.destroy());
  // Where what the system says is held back, so is that it hangs up.
  upstream.on('close', () => !link.held && socket.destroy());
  // A system that ends its side has said all that it will.
  upstream.on('end', () => !link.held && socket.end());
}

function pass(link: Link, chunk: Buffer, passage: Passage): void {
  const { socket, passed } = link;
  link.passed += chunk.length;
  if (passage.kind === 'pass') socket.write(chunk);
  else if (passage.kind === 'garble') socket.write(passed === 0 ? passage.bytes : '');
  else {
    socket.write(chunk.subarray(0, Math.max(0, passage.after - passed)));
    if (link.passed < passage.after) return;
    if (passage.kind === 'hold') link.held = true;
    else drop(socket);
  }
}

/** A socket that is about to say goodbye cannot be reset: its handle would stay open, and keep the process from ending. */
const drop = (socket: Socket): unknown => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy());

function listen(accept: (socket: Socket) => void, port: number): Promise<Server> {
  const server = createServer(accept);
  return new Promise(resolve => server.listen(port, '127.0.0.1', () => resolve(server)));
}
