/** Connections on which nothing was ever sent, as a load balancer keeps ahead: Node.js does not count them as idle, and waits for them. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** @returns ends those that are silent so far */
export function watchSilentConnections(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
}
