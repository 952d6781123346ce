import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { createInFlight } from '../in-flight.ts';
import type { UnreadBytes } from '../response-memory/unread-bytes.ts';
import { type HandshakeOptions, refusalOfHandshake } from './handshake.ts';
import { openSocket } from './open-socket.ts';
import { createOperationProtocol, type OperationProtocolOptions } from './operation-protocol.ts';
import { refuseUpgrade } from './upgrade.ts';

/** Dependencies of `createWebSockets`. */
export interface WebSocketsOptions extends HandshakeOptions, OperationProtocolOptions {
  /** The maximum length of a message from a client, in bytes. */
  readonly maxPayload: number;
  /** Counts the bytes that clients have not read yet, and closes the connections of the slowest clients. */
  readonly unread: UnreadBytes;
  readonly log: Logger;
}

/** Handles GraphQL operations over WebSockets, on connections that the HTTP server hands over. */
export interface WebSockets {
  /** Opens a WebSocket or refuses it. Resolves to the HTTP status of the response, which is 101 if the WebSocket was opened. */
  readonly take: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<number>;
  /** Resolves when no operation is in progress. */
  readonly idle: () => Promise<void>;
  /** Closes all WebSockets. No WebSocket can be opened after this. */
  readonly close: () => void;
}

/** Creates the WebSocket endpoint of the gateway. The only protocol that it supports is graphql-transport-ws. */
export function createWebSockets(options: WebSocketsOptions): WebSockets {
  const { identify, maxPayload, unread, log } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload, handleProtocols });
  const clients = new Map<WebSocket, string | null>();
  const inFlight = createInFlight();
  const protocol = createOperationProtocol(options, inFlight);

  // This event means that the client's handshake is invalid. Without this listener, the package ws would send an error page that caches may
  // store.
  server.on('wsClientError', (_error: Error, socket: Duplex) => {
    refuseUpgrade(socket, { status: '400 Bad Request', headers: { 'sec-websocket-version': '13' } });
  });

  return {
    async take(request, socket, head) {
      const client = identify(request.headers.authorization, request);
      const refusal = await refusalOfHandshake(request, client, [...clients.values()], options);
      if (refusal !== null) {
        refuseUpgrade(socket, refusal);
        return Number.parseInt(refusal.status, 10);
      }
      let status = 400;
      // `handleUpgrade` either calls its callback before it returns, or emits `wsClientError`. So `status` is final when `handleUpgrade`
      // returns.
      server.handleUpgrade(request, socket, head, (webSocket) => {
        status = 101;
        clients.set(webSocket, client);
        webSocket.once('close', () => clients.delete(webSocket));
        openSocket(webSocket, request, client ?? webSocket, { protocol, unread, log });
      });
      return status;
    },
    idle: inFlight.idle,
    close() {
      server.close();
      for (const socket of server.clients) socket.close(1001, 'Going away');
    },
  };
}
