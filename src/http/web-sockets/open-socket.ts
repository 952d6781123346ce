import type { IncomingMessage } from 'node:http';
import type { WebSocket as ProtocolSocket, Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { Client, Sink } from '../response-memory/sink.ts';
import type { UnreadBytes } from '../response-memory/unread-bytes.ts';
import { takenFrom } from '../response-sinks.ts';
import { keepAlive } from './keep-alive.ts';
import { withText } from './large-results.ts';
import type { SocketState } from './socket-state.ts';

/** How long a client may take to close its side of a connection, in milliseconds. */
const CLOSE_MS = 2000;

/** Dependencies of `openSocket`. */
export interface SocketOptions {
  readonly protocol: Server<SocketState>;
  /** Counts the bytes that clients have not read yet, and closes the connections of the slowest clients. */
  readonly unread: UnreadBytes;
  readonly log: Logger;
}

/** Handles the operations that arrive over a WebSocket, until the WebSocket closes. `req` is the request that opened the WebSocket. */
export function openSocket(
  socket: WebSocket,
  req: IncomingMessage,
  client: Client,
  { protocol, unread, log }: SocketOptions,
): void {
  const closing = new AbortController();
  const state: SocketState = {
    req,
    disconnect: () => socket.terminate(),
    signal: closing.signal,
    starting: new Set(),
    permits: new Map(),
    texts: new Map(),
    client,
  };
  const sink: Sink = {
    client,
    unread: () => socket.bufferedAmount,
    taken: () => takenFrom(req.socket),
    cut: state.disconnect,
  };
  const closed = protocol.opened(toProtocolSocket(socket, sink, state, { unread, log }), state);
  const stopPinging = keepAlive(socket);
  // ws emits this event if a frame from the client is too long or broken, and then closes the connection. So the error only needs to be
  // logged.
  socket.on('error', (error) => log.debug({ reason: error.message }, 'error on a WebSocket'));
  socket.once('close', (code, reason) => {
    stopPinging();
    unread.forget(sink);
    for (const permit of state.permits.values()) permit.close();
    closing.abort();
    void closed(code, String(reason));
  });
}

/** Wraps a WebSocket in the interface that graphql-ws expects. */
function toProtocolSocket(
  socket: WebSocket,
  sink: Sink,
  { disconnect, permits, texts }: SocketState,
  { unread, log }: Pick<SocketOptions, 'unread' | 'log'>,
): ProtocolSocket {
  return {
    protocol: socket.protocol,
    send(data) {
      const sent = send(socket, withText(data, texts), sink, unread);
      // graphql-ws requests the next result when the returned promise resolves. For a large response, no promise is returned, so graphql-ws
      // requests the next result at once: its data is already in memory, and takes less memory once it has been converted to text.
      return [...permits.values()].some((permit) => permit.writesAhead()) ? undefined : sent;
    },
    close(code, reason) {
      socket.close(code, reason);
      setTimeout(disconnect, CLOSE_MS).unref();
    },
    onMessage: (handle) =>
      socket.on('message', (data: Buffer) => {
        handle(data.toString()).catch((error: unknown) => {
          // An error here always means that the client's message violates the protocol. Errors of the gateway itself are sent as results
          // instead.
          log.debug({ reason: String(error) }, 'unexpected message over a WebSocket');
          socket.close(4400, 'Unexpected message');
        });
      }),
  };
}

/** Sends a message. Resolves when the message was passed to the operating system, or at once if the WebSocket is not open. */
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
