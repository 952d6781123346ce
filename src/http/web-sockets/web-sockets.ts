import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError, parse } from 'graphql';
import { handleProtocols, makeServer } from 'graphql-ws';
import type { GraphQLParams } from 'graphql-yoga';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Identify } from '../client-identity.ts';
import { createKeyCheck } from '../client-keys.ts';
import type { AllowedOrigins } from '../cors.ts';
import type { OperationResult } from '../formatted-result.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { ResponsePermit } from '../response-memory/response-memory.ts';
import type { Client, Sink, UnreadBytes } from '../response-memory/unread-bytes.ts';
import { takenFrom } from '../response-outlets.ts';
import { toPayload, withText } from './large-results.ts';
import { refuseUpgrade, type UpgradeRefusal } from './upgrade.ts';

/** How a client of a WebSocket is answered. */
type Answer = OperationResult | AsyncIterable<OperationResult>;

/** What WebSockets need. */
export interface WebSocketsOptions {
  readonly endpoint: string;
  /** Origins, besides the gateway's own, whose pages may connect. */
  readonly allowedOrigins: AllowedOrigins;
  /** One of them is wanted as a bearer token, if there are any. */
  readonly keys: readonly string[];
  readonly identify: Identify;
  readonly rateLimit: RateLimit;
  /** Connections at a time, of all clients and of one. */
  readonly maxConnections: number;
  readonly maxConnectionsPerClient: number;
  /** Bytes of one message. */
  readonly maxPayload: number;
  /** Runs an operation. Its errors are of a kind that clients may see; rejects with none other. */
  readonly answer: (params: GraphQLParams, request: Request, connection: AnswerConnection) => Promise<Answer>;
  /** Counts what clients have not read, and cuts the slowest. */
  readonly unread: UnreadBytes;
  /** Opens the permit of an operation. */
  readonly openPermit: (client: () => Client, cut: () => void) => ResponsePermit;
  readonly log: Logger;
}

/** The connection that an operation came over. */
export interface Connection {
  readonly req: IncomingMessage;
  /** Aborted when it has closed. */
  readonly signal: AbortSignal;
  /** Cuts it. */
  readonly disconnect: () => void;
}

/** The connection, and the permit of one operation. */
export interface AnswerConnection extends Connection {
  readonly permit: ResponsePermit;
}

/** GraphQL over WebSockets, on connections that an HTTP server hands over. */
export interface WebSockets {
  /** Gives the status of the answer: 101 when the connection was taken. */
  readonly take: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<number>;
  /** Resolves when no operation is under way. */
  readonly idle: () => Promise<void>;
  /** Says goodbye on all connections, and takes no more. */
  readonly close: () => void;
}

/** How often a connection is pinged, so that proxies keep it open; one that has not answered by the next time is cut. */
const PING_MS = 12_000;

/** How long a client may take to say goodbye. */
const CLOSE_MS = 2000;

/** What stands for one connection: a request as it would have come over HTTP. */
interface Extra extends Connection {
  /** Ids of operations that have not begun to answer. */
  readonly beginning: Set<string>;
  /** By the payloads of operations that are under way. Ids do not tell them apart: a client may use one again at once. */
  readonly permits: Map<object, ResponsePermit>;
  /** Results that are JSON already, by the ids of operations, until the library sends their messages. */
  readonly texts: Map<string, string>;
  /** What limits are counted for, unless an operation sends a key. */
  readonly client: Client;
  request?: Request;
}

/**
 * The protocol graphql-transport-ws. Browsers let every page connect to any server, so pages of other origins are refused. A
 * client that cannot send headers sends its key in `connectionParams`, as `authorization` in any letter case.
 */
export function createWebSockets(options: WebSocketsOptions): WebSockets {
  const { endpoint, keys, identify, rateLimit, maxPayload, answer, unread, openPermit, log } = options;
  const hasKey = createKeyCheck(keys);
  const sockets = new WebSocketServer({ noServer: true, maxPayload, handleProtocols });
  const clients = new Map<WebSocket, string | null>();
  let running = 0;
  let onIdle = () => {};

  const protocol = makeServer<Readonly<Record<string, unknown>>, Extra>({
    onConnect({ extra, connectionParams }) {
      const request = toRequest(extra, endpoint, authorizationIn(connectionParams ?? {}));
      extra.request = request;
      return keys.length === 0 || hasKey(request.headers.get('authorization'));
    },
    async onSubscribe({ extra }, id, payload) {
      const { query, ...params } = payload;
      const { request, req, beginning, permits } = extra;
      if (request === undefined) throw new Error('an operation before the connection was initialised');
      // The protocol forgets an id that is completed before it has begun, and would let two operations share it.
      if (beginning.has(id)) throw new Error(`operation ${id} has not begun yet`);
      beginning.add(id);
      const refusal = await rateLimit(identify(request.headers.get('authorization'), req));
      if (refusal !== null) {
        beginning.delete(id);
        return [new GraphQLError(refusal.message, { extensions: { code: refusal.code } })];
      }
      // The operation is parsed and run where those over HTTP are; the protocol only wants to know of which kind it is.
      // The protocol wants a text, which is empty for an operation that is named by its hash.
      const asked = (query === '' ? params : { query, ...params }) as GraphQLParams;
      running += 1;
      const permit = openPermit(() => extra.client, extra.disconnect);
      permits.set(payload, permit);
      // The connection closed while the rate limit was checked, and nothing else would close the permit.
      if (extra.signal.aborted) permit.close();
      const begin = () => answer(asked, request, { ...extra, permit }).finally(() => beginning.delete(id));
      return { document: ANY, contextValue: begin } as ExecutionArgs;
    },
    onComplete({ extra }, _id, payload) {
      extra.permits.get(payload)?.close();
      extra.permits.delete(payload);
      running -= 1;
      if (running === 0) onIdle();
    },
    subscribe: ({ contextValue }) => (contextValue as () => Promise<Answer>)() as Promise<never>,
    onNext({ extra }, id, payload, _args, result) {
      // The message is written at once, and from then on counts as unread.
      extra.permits.get(payload)?.written();
      return toPayload(result, (text) => extra.texts.set(id, text));
    },
  });

  // Not a valid handshake of the protocol. The library would send a page that caches may keep.
  sockets.on('wsClientError', (_error: Error, socket: Duplex) => {
    refuseUpgrade(socket, { status: '400 Bad Request', headers: { 'sec-websocket-version': '13' } });
  });
  sockets.on('connection', (socket: WebSocket, req: IncomingMessage) => {
    const leaving = new AbortController();
    const disconnect = () => socket.terminate();
    const client = clients.get(socket) ?? socket;
    const sink = sinkOf(socket, req.socket, client);
    const permits = new Map<object, ResponsePermit>();
    const texts = new Map<string, string>();
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send(data) {
          const sent = send(socket, withText(data, texts), sink, unread);
          // The next part of an answer under way is in memory in any case, and takes less as text.
          return [...permits.values()].some((permit) => permit.writesAhead()) ? undefined : sent;
        },
        close(code, reason) {
          socket.close(code, reason);
          setTimeout(disconnect, CLOSE_MS).unref();
        },
        onMessage: (handle) =>
          socket.on('message', (data: Buffer) => {
            handle(data.toString()).catch((error: unknown) => {
              // Faults of ours became answers; this is a message that the protocol does not know.
              log.debug({ reason: String(error) }, 'unexpected message over a WebSocket');
              socket.close(4400, 'Unexpected message');
            });
          }),
      },
      { req, disconnect, signal: leaving.signal, beginning: new Set(), permits, texts, client },
    );
    const stopPinging = keepAlive(socket);
    // Frames that are too long or broken; the connection is closed for it.
    socket.on('error', (error) => log.debug({ reason: error.message }, 'error on a WebSocket'));
    socket.once('close', (code, reason) => {
      stopPinging();
      clients.delete(socket);
      unread.forget(sink);
      for (const permit of permits.values()) permit.close();
      leaving.abort();
      void closed(code, String(reason));
    });
  });

  return {
    async take(request, socket, head) {
      const client = identify(request.headers.authorization, request);
      const refusal = await refusalOf(request, client);
      if (refusal !== null) {
        refuseUpgrade(socket, refusal);
        return Number.parseInt(refusal.status, 10);
      }
      let status = 400;
      // Calls back at once, or emits `wsClientError`.
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        status = 101;
        clients.set(webSocket, client);
        sockets.emit('connection', webSocket, request);
      });
      return status;
    },
    idle: () =>
      new Promise((resolve) => {
        onIdle = resolve;
        if (running === 0) resolve();
      }),
    close() {
      sockets.close();
      for (const socket of sockets.clients) socket.close(1001, 'Going away');
    },
  };

  /** Why a connection is refused; `null` when it is not. */
  async function refusalOf(incoming: IncomingMessage, client: string | null): Promise<UpgradeRefusal | null> {
    if (incoming.url?.split('?', 1)[0] !== endpoint) return { status: '404 Not Found' };
    if (!isAllowedOrigin(incoming, options.allowedOrigins)) return { status: '403 Forbidden' };
    const { maxConnections, maxConnectionsPerClient } = options;
    if (sockets.clients.size >= maxConnections) return { status: '503 Service Unavailable' };
    const ofClient = client === null ? 0 : [...clients.values()].filter((other) => other === client).length;
    if (ofClient >= maxConnectionsPerClient) return { status: TOO_MANY };
    const refusal = await rateLimit(client);
    return refusal === null ? null : { status: TOO_MANY, headers: refusal.headers ?? {} };
  }
}

const TOO_MANY = '429 Too Many Requests';

const ANY = parse('subscription { any }');

/** No origin is no browser. */
function isAllowedOrigin({ headers: { origin, host } }: IncomingMessage, allowed: AllowedOrigins): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Clients name it like the header, whose name has no letter case. */
function authorizationIn(params: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(params).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
}

/** What the operations of a connection would have been asked by over HTTP. */
function toRequest({ req, signal }: Pick<Extra, 'req' | 'signal'>, endpoint: string, authorization: unknown): Request {
  const headers = new Headers({ 'x-request-id': String(req.headers['x-request-id'] ?? '') });
  const token = authorization ?? req.headers.authorization;
  if (typeof token === 'string' && /^[\x20-\x7e]*$/.test(token)) headers.set('authorization', token);
  return new Request(`http://${req.headers.host ?? 'localhost'}${endpoint}`, { method: 'POST', headers, signal });
}

/** What a client reads of a WebSocket. */
const sinkOf = (socket: WebSocket, connection: Socket, client: Client): Sink => ({
  client,
  unread: () => socket.bufferedAmount,
  taken: () => takenFrom(connection),
  cut: () => socket.terminate(),
});

/** Resolves when the operating system has taken the message. */
function send(socket: WebSocket, data: string, sink: Sink, unread: UnreadBytes): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) {
      resolve();
      return;
    }
    socket.send(data, () => {
      if (socket.bufferedAmount === 0) unread.forget(sink);
      resolve();
    });
    if (socket.bufferedAmount > 0) unread.count(sink);
  });
}

function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const pinging = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(pinging);
}
