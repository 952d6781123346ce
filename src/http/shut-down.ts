import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { InFlight } from './in-flight.ts';
import type { WebSockets } from './web-sockets/web-sockets.ts';

/**
 * How long a server that shuts down still accepts connections, in milliseconds. During this time, a load balancer can see on `/ready` that
 * the gateway is stopping.
 */
const DRAIN_MS = 1000;

/** The parts of the server that are shut down. */
export interface ShutDownOptions {
  readonly server: Server;
  /** The requests in progress. */
  readonly inFlight: InFlight;
  readonly webSockets: WebSockets | undefined;
  /** The open connections that the server has handed over to another protocol. */
  readonly upgraded: ReadonlySet<Duplex>;
}

/**
 * Shuts a server down. The server still accepts requests for `DRAIN_MS`, and after that until no request is in progress, but never for
 * longer than half of `graceMs` (milliseconds). Connections that are still open after `graceMs` are cut. Resolves when no connection is
 * left.
 */
export async function shutDown(
  { server, inFlight, webSockets, upgraded }: ShutDownOptions,
  graceMs: number,
): Promise<void> {
  const cutting = setTimeout(() => {
    for (const socket of upgraded) socket.destroy();
    server.closeAllConnections();
  }, graceMs);
  const drained = Promise.all([wait(DRAIN_MS), inFlight.idle(), webSockets?.idle()]);
  await Promise.race([drained, wait(graceMs / 2, undefined, { ref: false })]);
  webSockets?.close();
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(cutting);
}
