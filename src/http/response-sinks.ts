import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Identify } from './client-identity.ts';
import { onceEnded } from './request-end.ts';
import type { Client, Sink } from './response-memory/sink.ts';
import type { UnreadBytes } from './response-memory/unread-bytes.ts';

/** Counts the bytes of HTTP responses that clients have not read. Server-sent events and multipart responses are included. */
export interface ResponseSinks {
  /**
   * Call this after a part of a response was written. The call costs nothing if the operating system has already taken all bytes of the
   * response.
   */
  readonly written: (request: IncomingMessage, response: ServerResponse) => void;
  /** Makes each later write to `response` call `written`. */
  readonly watch: RequestListener;
  /**
   * Calls `onWritten` whenever a part of the response was written. If `onWritten` returns true, the next part is written before the client
   * has read this part. Writing early saves memory: the data of the next part is in memory in any case, and takes less memory as text.
   */
  readonly whenWritten: (response: ServerResponse, onWritten: () => boolean) => void;
  /** Returns the client that sent a request, for the limits on each client. */
  readonly clientOf: (request: IncomingMessage) => Client;
}

/**
 * Creates a counter of the unread bytes of HTTP responses. A client without a name is a program on this machine, which may be a proxy for
 * many clients, so each of its connections counts as a separate client.
 */
export function createResponseSinks(identify: Identify, unread: UnreadBytes): ResponseSinks {
  const sinks = new WeakMap<ServerResponse, Sink>();
  const watched = new WeakMap<ServerResponse, () => boolean>();
  const clientOf = (request: IncomingMessage): Client =>
    identify(request.headers.authorization, request) ?? request.socket;

  function open(request: IncomingMessage, response: ServerResponse): Sink {
    const { socket } = request;
    const sink = {
      client: clientOf(request),
      unread: () => response.writableLength,
      taken: () => takenFrom(socket),
      cut: () => void socket.destroy(),
    };
    sinks.set(response, sink);
    onceEnded(request, response, () => unread.forget(sink));
    return sink;
  }

  function written(request: IncomingMessage, response: ServerResponse): void {
    if (response.writableLength === 0 || request.socket.destroyed || response.closed) return;
    unread.count(sinks.get(response) ?? open(request, response));
  }

  return {
    written,
    clientOf,
    watch(request, response) {
      const write = response.write.bind(response) as (...args: unknown[]) => boolean;
      response.write = ((...args: unknown[]) => {
        const isTaken = write(...args);
        const goesOn = watched.get(response)?.() ?? false;
        written(request, response);
        return isTaken || goesOn;
      }) as typeof response.write;
    },
    whenWritten: (response, onWritten) => void watched.set(response, onWritten),
  };
}

/** The fields of Node's internal handle of a connection that `takenFrom` reads. */
interface Handle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/**
 * Returns how many of the bytes written to a connection the operating system has accepted. This is not the public
 * `bytesWritten - writableLength`, which does not change until a write has finished, and a write may take minutes. Node's own timeouts use
 * the same internal numbers as this function.
 */
export function takenFrom(socket: Socket): number {
  const { _handle: handle } = socket as { readonly _handle?: Handle | null };
  return handle == null ? 0 : handle.bytesWritten - handle.writeQueueSize;
}
