import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A server on a free port that stands in for RunPod and counts the requests in flight. */
export interface StandIn extends AsyncDisposable {
  /** The address without a path. */
  readonly origin: string;
  /** Returns the number of requests that are not yet answered or aborted. */
  readonly inFlight: () => number;
  /** Returns the highest number of simultaneous requests so far. Requests that the client had aborted do not count. */
  readonly mostInFlight: () => number;
}

/** Starts a server that answers requests with `listener`. Disposing of the server closes its connections. */
export async function startStandIn(listener: RequestListener): Promise<StandIn> {
  const inFlight = new Set<IncomingMessage>();
  let mostInFlight = 0;

  /**
   * Counts the requests that are in flight now. Waits for two turns of the event loop first, because Node may report only then that the
   * client has aborted a request.
   */
  async function measure(): Promise<void> {
    const sockets = [...inFlight].map(({ socket }) => socket);
    await nextTurn();
    await nextTurn();
    const left = sockets.filter(({ readableEnded, destroyed }) => !readableEnded && !destroyed);
    mostInFlight = Math.max(mostInFlight, left.length);
  }

  const server = createServer((request, response) => {
    inFlight.add(request);
    response.once('close', () => inFlight.delete(request));
    void measure();
    listener(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inFlight: () => inFlight.size,
    mostInFlight: () => mostInFlight,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
