import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { onceAnswered } from './request-end.ts';
import type { RequestLog } from './request-log.ts';
import { normaliseTarget } from './request-target.ts';
import { answerWithoutUpgrade, asksForWebSocket, refuseUpgrade } from './web-sockets/upgrade.ts';
import type { WebSockets } from './web-sockets/web-sockets.ts';

/**
 * Hands over requests for a WebSocket to `webSockets`, and answers requests for any other protocol with an ordinary HTTP response. Returns
 * the connections that were handed over and are still open. The caller must close them, because Node does not close them when it closes the
 * server.
 */
export function handleUpgrades(
  server: Server,
  webSockets: WebSockets | undefined,
  requestLog: RequestLog,
): ReadonlySet<Duplex> {
  const open = new Set<Duplex>();

  function take(sockets: WebSockets, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const setStatus = requestLog.upgrade(request, socket);
    if (normaliseTarget(request)) void sockets.take(request, socket, head).then(setStatus, () => socket.destroy());
    else refuseUpgrade(socket, { status: '400 Bad Request' });
  }

  server.on('upgrade', (request, socket, head) => {
    // Node has removed its own 'error' listener from the connection, and an 'error' event without a listener ends the process.
    socket.on('error', () => socket.destroy());
    // Waits until the responses to earlier requests have been sent, because the responses on a connection must be in the order of the
    // requests.
    onceAnswered(socket, () => {
      if (webSockets !== undefined && asksForWebSocket(request)) take(webSockets, request, socket, head);
      else answerWithoutUpgrade(server, request, socket, head);
    });
  });
  return open;
}
