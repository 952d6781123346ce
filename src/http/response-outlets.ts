import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Identify } from './client-identity.ts';
import { onceEnded } from './request-end.ts';
import type { Client, Sink } from './response-memory/sink.ts';
import type { UnreadBytes } from './response-memory/unread-bytes.ts';

/** Counts what clients leave unread of responses over HTTP, server-sent events and multipart responses included. */
export interface ResponseOutlets {
  /** To be called after a response was written. Costs nothing when the operating system has taken all of it. */
  readonly written: (request: IncomingMessage, response: ServerResponse) => void;
  /** Calls `written` after each write of a response that `handler` makes. */
  readonly watch: (handler: RequestListener) => RequestListener;
  /**
   * Calls `onWritten` whenever a part of the response is written. If it returns true, the next part is written without waiting until the
   * client has read this one. It is in memory in any case, and takes less as text.
   */
  readonly whenWritten: (response: ServerResponse, onWritten: () => boolean) => void;
  /** What limits of a request are counted for. */
  readonly clientOf: (request: IncomingMessage) => Client;
}

/** A client without a name is a program on this machine, which may be a proxy for many: each of its connections counts by itself. */
export function createResponseOutlets(identify: Identify, unread: UnreadBytes): ResponseOutlets {
  const outlets = new WeakMap<ServerResponse, Sink>();
  const watched = new WeakMap<ServerResponse, () => boolean>();
  const clientOf = (request: IncomingMessage): Client =>
    identify(request.headers.authorization, request) ?? request.socket;

  function open(request: IncomingMessage, response: ServerResponse): Sink {
    const { socket } = request;
    const outlet = {
      client: clientOf(request),
      unread: () => response.writableLength,
      taken: () => takenFrom(socket),
      cut: () => void socket.destroy(),
    };
    outlets.set(response, outlet);
    onceEnded(request, response, () => unread.forget(outlet));
    return outlet;
  }

  function written(request: IncomingMessage, response: ServerResponse): void {
    if (response.writableLength === 0 || request.socket.destroyed || response.closed) return;
    unread.count(outlets.get(response) ?? open(request, response));
  }

  return {
    written,
    clientOf,
    watch: (handler) => (request, response) => {
      const write = response.write.bind(response) as (...args: unknown[]) => boolean;
      response.write = ((...args: unknown[]) => {
        const isTaken = write(...args);
        const goesOn = watched.get(response)?.() ?? false;
        written(request, response);
        return isTaken || goesOn;
      }) as typeof response.write;
      handler(request, response);
    },
    whenWritten: (response, onWritten) => void watched.set(response, onWritten),
  };
}

/** What Node keeps of a connection that is open. */
interface Handle {
  readonly bytesWritten: number;
  readonly writeQueueSize: number;
}

/**
 * Bytes that the operating system has taken from a connection. The public `bytesWritten - writableLength` does not move before a write is
 * done, which may take minutes. Node's own time-outs read these internal numbers.
 */
export function takenFrom(socket: Socket): number {
  const { _handle: handle } = socket as { readonly _handle?: Handle | null };
  return handle == null ? 0 : handle.bytesWritten - handle.writeQueueSize;
}
