import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port that stands in for RunPod and counts the requests in flight. */
export interface StandIn extends AsyncDisposable {
  /** The address without a path. */
  readonly origin: string;
  /** Returns the number of requests that are not yet answered or aborted. */
  readonly inFlight: () => number;
  /** Returns the highest number of requests that were in flight at the same time so far. */
  readonly mostInFlight: () => number;
}

/** Starts a server that answers requests with `listener`. Disposing of the server closes its connections. */
export async function startStandIn(listener: RequestListener): Promise<StandIn> {
  let inFlight = 0;
  let mostInFlight = 0;
  const server = createServer((request, response) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    response.once('close', () => {
      inFlight -= 1;
    });
    listener(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    inFlight: () => inFlight,
    mostInFlight: () => mostInFlight,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
