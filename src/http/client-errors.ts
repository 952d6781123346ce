import type { Duplex } from 'node:stream';
import { onceAnswered } from './request-end.ts';

/** How long a client may take to close its side of a connection, so that it can read the last answer. */
const CLOSE_MS = 2000;

/** Status lines by the codes of Node's errors. Anything else is a request that cannot be parsed. */
const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Content Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Handles an error of a connection: bytes that are not HTTP, headers that are too long, or a request that takes too long to arrive. */
export type HandleClientError = (error: NodeJS.ErrnoException, socket: Duplex) => void;

/**
 * Sends the answers to the requests that arrived whole before the error, and then closes the connection. A connection without such
 * requests gets the status of the error. Node itself would drop the answers.
 */
export function createClientErrorHandler(): HandleClientError {
  // Node reports another error for everything that arrives after the first.
  const failed = new WeakSet<Duplex>();
  return ({ code = '' }, socket) => {
    if (failed.has(socket)) return;
    failed.add(socket);
    let isAtOnce = true;
    onceAnswered(socket, (hasBegun) => {
      if (isAtOnce && !hasBegun && socket.writable) {
        const status = STATUS[code] ?? '400 Bad Request';
        socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      }
      closeAfterReading(socket);
    });
    isAtOnce = false;
  };
}

/** Closing both sides at once would reset a connection on which more arrives, and the client could not read what was sent. */
function closeAfterReading(socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.end();
  const timer = setTimeout(() => socket.destroy(), CLOSE_MS);
  socket.once('close', () => clearTimeout(timer));
}
