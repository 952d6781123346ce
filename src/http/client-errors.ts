import type { Duplex } from 'node:stream';
import { onceAnswered } from './request-end.ts';

/**
 * How long a connection stays open after its last response, in milliseconds. In this time, the client can read the response and close its
 * side.
 */
const CLOSE_MS = 2000;

/** The HTTP status for some error codes of Node. All other codes mean that the request cannot be parsed (400). */
const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Handles an error of a connection: bytes that are not HTTP, headers that are too long, or a request that takes too long to arrive. */
export type HandleClientError = (error: NodeJS.ErrnoException, socket: Duplex) => void;

/**
 * Creates a handler for errors of connections. It first sends the responses to all requests that arrived completely before the error, and
 * then closes the connection. If there are no such requests, it sends a response with the HTTP status for the error. Without a handler,
 * Node would drop the responses to earlier requests.
 */
export function createClientErrorHandler(): HandleClientError {
  // After the first error of a connection, Node reports another error whenever more bytes arrive. The later errors are ignored.
  const failed = new WeakSet<Duplex>();
  return ({ code = '' }, socket) => {
    if (failed.has(socket)) return;
    failed.add(socket);
    let isImmediate = true;
    onceAnswered(socket, (hasBegun) => {
      if (isImmediate && !hasBegun && socket.writable) {
        const status = STATUS[code] ?? '400 Bad Request';
        socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      }
      closeAfterReading(socket);
    });
    isImmediate = false;
  };
}

/**
 * Closes the gateway's side of the connection, and waits for the client to close its own side. If the gateway closed both sides at once,
 * further bytes from the client would reset the connection, and the client could not read the response.
 */
function closeAfterReading(socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end();
  const timer = setTimeout(() => socket.destroy(), CLOSE_MS);
  socket.once('close', () => clearTimeout(timer));
}
