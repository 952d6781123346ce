import type { WebSocket } from 'ws';

/**
 * The interval between pings, in milliseconds. Pings make proxies keep the connection open. If a client has not answered a ping by the time
 * of the next ping, its connection is closed.
 */
const PING_MS = 12_000;

/** Pings a client regularly until the returned function is called. Closes the connection if the client does not answer a ping. */
export function keepAlive(socket: WebSocket): () => void {
  let hasAnswered = true;
  socket.on('pong', () => {
    hasAnswered = true;
  });
  const pinging = setInterval(() => {
    if (!hasAnswered) {
      socket.terminate();
      return;
    }
    hasAnswered = false;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(pinging);
}
