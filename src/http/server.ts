import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Tracer } from '../observability/tracing/tracer.ts';
import { createClientErrorHandler } from './client-errors.ts';
import type { LabelClient } from './client-label.ts';
import { handleUpgrades } from './handle-upgrades.ts';
import { createInFlight } from './in-flight.ts';
import { prepareRequests } from './prepare-requests.ts';
import { createRequestLog } from './request-log.ts';
import { shutDown } from './shut-down.ts';
import { traceRequests } from './trace-requests.ts';
import { asksForWebSocket } from './web-sockets/upgrade.ts';
import type { WebSockets } from './web-sockets/web-sockets.ts';

/** A server that accepts requests. */
export interface RunningServer {
  /** The address without a path, for example 'http://127.0.0.1:4000'. */
  readonly url: string;
  /**
   * Stops the server. The server accepts requests for one more second, and after that until no request is in progress, but never for longer
   * than half of `graceMs` (milliseconds). Connections that are still open after `graceMs` are cut.
   */
  close(graceMs: number): Promise<void>;
}

/** Dependencies of `startServer`. */
export interface ServerOptions {
  readonly host: string;
  /** The port; 0 selects any free port. */
  readonly port: number;
  readonly log: Logger;
  /** Handles requests that want to open a WebSocket. If no handler is given, these requests are answered over HTTP. */
  readonly webSockets?: WebSockets;
  /** Names the client of a request in the log. Default: the address of the connection. */
  readonly labelClient?: LabelClient;
  /** Records the trace spans of requests. If it is missing, requests have no spans. */
  readonly tracer?: Tracer | undefined;
  /** The paths that may be part of the name of a trace span. A span for any other path is named after the method alone. */
  readonly routes?: readonly string[];
}

/**
 * The maximum number of connections that wait to be accepted. The operating system drops any further connection, and its client retries
 * after a second or more. Node's default of 511 is too low for a thousand clients that reconnect at the same time. The operating system may
 * lower this number: Linux lowers it to `net.core.somaxconn`, which is 4096 since Linux 5.4.
 */
const MAX_WAITING_CONNECTIONS = 65_535;

/** The maximum time that a client may take to send the headers of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
/** The maximum time that a client may take to send a whole request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The interval at which Node looks for clients that exceed `HEADERS_TIMEOUT_MS` or `REQUEST_TIMEOUT_MS`, in milliseconds. Node's default is
 * 30 seconds.
 */
const TIMEOUT_CHECK_MS = 1000;

/** Listens on `host` and `port`. Rejects if the address cannot be used. */
export async function startServer(handler: RequestListener, options: ServerOptions): Promise<RunningServer> {
  const { log, webSockets, labelClient = labelByAddress, tracer, routes = [] } = options;
  const requestLog = createRequestLog(log, labelClient);
  const inFlight = createInFlight();
  let isClosing = false;

  const answer = prepareRequests(handler, { requestLog, inFlight, isClosing: () => isClosing });
  // Node 24.9 and later call this function to decide whether a request switches to another protocol. Earlier versions do not call it, and
  // emit an 'upgrade' event for every such request.
  const shouldUpgradeCallback = (request: IncomingMessage) => webSockets !== undefined && asksForWebSocket(request);
  const serverOptions = { connectionsCheckingInterval: TIMEOUT_CHECK_MS, shouldUpgradeCallback };
  const server = createServer(serverOptions, tracer === undefined ? answer : traceRequests(tracer, routes, answer));
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.on('clientError', createClientErrorHandler());
  const upgraded = handleUpgrades(server, webSockets, requestLog);
  await listen(server, options);

  return {
    url: urlOf(server.address() as AddressInfo),
    close(graceMs) {
      isClosing = true;
      return shutDown({ server, inFlight, webSockets, upgraded }, graceMs);
    },
  };
}

const labelByAddress: LabelClient = ({ socket }) => socket.remoteAddress ?? '';

function listen(server: Server, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: MAX_WAITING_CONNECTIONS }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
