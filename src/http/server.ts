import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Tracer } from '../observability/tracing/tracer.ts';
import { createClientErrorHandler } from './client-errors.ts';
import { handleHeadAsGet } from './head-requests.ts';
import { onceAnswered, onceEnded } from './request-end.ts';
import { createRequestLog } from './request-log.ts';
import { traceRequests } from './request-span.ts';
import { normaliseTarget } from './request-target.ts';
import { answerWithoutUpgrade, asksForWebSocket, refuseUpgrade } from './web-sockets/upgrade.ts';
import type { WebSockets } from './web-sockets/web-sockets.ts';

/** A gateway that accepts requests. */
export interface RunningServer {
  /** Where it listens, without a path, for example 'http://127.0.0.1:4000'. */
  readonly url: string;
  /**
   * Answers on for a moment, so that a load balancer can see that it is going, and while requests are under way, for half of
   * `graceMs` milliseconds at most. Then it stops accepting, and after `graceMs` cuts what is left.
   */
  close(graceMs: number): Promise<void>;
}

/** What a server needs. */
export interface ServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly log: Logger;
  /** Without them, who wants to speak another protocol gets an answer over HTTP. */
  readonly webSockets?: WebSockets;
  /** Without one, requests have no spans. */
  readonly tracer?: Tracer | undefined;
}

/** How long it is said on `/ready` that the gateway is going, before connections are refused. */
const DRAIN_MS = 1000;

/**
 * How many connections may wait to be taken: as many as the system lets, for Linux `net.core.somaxconn`, which is 4096 since 5.4.
 * Of more it drops what their clients send, who try again after a second and more. Node's own 511 are past when a thousand
 * clients come back at once.
 */
const MAX_WAITING_CONNECTIONS = 65_535;

/** How long a client may take to send the headers, and the whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Listens on `host` and `port`. Rejects when the address cannot be used. */
export async function startServer(
  handler: RequestListener,
  { host, port, log, webSockets, tracer }: ServerOptions,
): Promise<RunningServer> {
  const logRequest = createRequestLog(log);
  let inFlight = 0;
  let closing = false;
  let onIdle = () => {};

  // Node 24.9 and newer ask whether to take a request for another protocol off HTTP; older ones always do.
  const takesUpgrade = (request: IncomingMessage) => webSockets !== undefined && asksForWebSocket(request);
  const upgrades = { shouldUpgradeCallback: takesUpgrade };

  const answer: RequestListener = (request, response) => {
    inFlight += 1;
    const logEnd = logRequest.answered(request, response);
    onceEnded(request, response, () => {
      inFlight -= 1;
      if (inFlight === 0) onIdle();
      logEnd();
    });
    // A client that wants another protocol may send that next. Older versions of Node hand such a request over as an upgrade.
    if (closing || request.headers.upgrade !== undefined) response.shouldKeepAlive = false;
    handleHeadAsGet(request);
    // The log has the path as it was sent.
    if (normaliseTarget(request)) handler(request, response);
    else
      response
        .writeHead(400, {
          'content-type': 'text/plain',
          'cache-control': 'no-store',
          'x-request-id': request.headers['x-request-id'],
        })
        .end('The host header or the request target is not valid.\n');
  };
  const listener = tracer === undefined ? answer : traceRequests(tracer, answer);
  const server = createServer({ connectionsCheckingInterval: 1000, ...upgrades }, listener);
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    // Node has taken its own listener off, and an error that nobody listens for ends the process.
    socket.on('error', () => socket.destroy());
    // Answers on a connection have the order of their requests.
    onceAnswered(socket, () => {
      if (webSockets === undefined || !takesUpgrade(request)) answerWithoutUpgrade(server, request, socket, head);
      else takeWebSocket(webSockets, request, socket, head);
    });
  });
  function takeWebSocket(sockets: WebSockets, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    const setStatus = logRequest.upgrade(request, socket);
    if (normaliseTarget(request)) void sockets.take(request, socket, head).then(setStatus);
    else refuseUpgrade(socket, { status: '400 Bad Request' });
  }
  server.on('clientError', createClientErrorHandler());
  // Against senders that are slow on purpose; how often they are looked for is a second, not half a minute.
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: MAX_WAITING_CONNECTIONS }, () => {
      server.off('error', reject);
      resolve();
    });
  });

  return {
    url: urlOf(server.address() as AddressInfo),
    async close(graceMs) {
      closing = true;
      const cut = setTimeout(() => {
        for (const socket of upgraded) socket.destroy();
        server.closeAllConnections();
      }, graceMs);
      const idle = new Promise<void>((resolve) => {
        onIdle = resolve;
        if (inFlight === 0) resolve();
      });
      const enough = wait(graceMs / 2, undefined, { ref: false });
      await Promise.race([Promise.all([wait(DRAIN_MS), idle, webSockets?.idle()]), enough]);
      webSockets?.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeIdleConnections();
      });
      clearTimeout(cut);
    },
  };
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
