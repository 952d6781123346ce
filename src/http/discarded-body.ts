import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTooLong } from './body-length.ts';

/** The maximum length of a short body, in bytes. A short body is discarded after the response, and the connection stays open. */
const SHORT_BYTES = 65_536;

/** The maximum number of bytes of a long body that are discarded before the connection is closed. */
const MAX_DISCARDED_BYTES = 1_000_000;
/** The maximum time for which a long body is discarded before the connection is closed, in milliseconds. */
const MAX_DISCARDING_MS = 2000;

/**
 * Prepares a response that is sent before the body of its request has arrived. If the body is long, the response has `connection: close`,
 * and is sent at once. The connection is closed only after the body has been discarded, or after a limit for discarding has been reached.
 * If it were closed earlier, the client would see a reset, and could not read the response.
 */
export function respondBeforeBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || isShort(request)) return;
  response.shouldKeepAlive = false;
  const end = response.end.bind(response);
  response.end = ((chunk?: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) response.write(chunk);
    else response.flushHeaders();
    discardBody(request, () => end());
    return response;
  }) as typeof response.end;
}

const isShort = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] === undefined && !isTooLong(request, SHORT_BYTES);

/** Reads the body and discards it. Calls `onEnd` once: at the end of the body or the connection, or when a limit is reached. */
function discardBody(request: IncomingMessage, onEnd: () => void): void {
  let bytes = 0;
  const stop = () => {
    clearTimeout(timer);
    request.off('data', count).off('end', stop).off('close', stop);
    request.pause();
    onEnd();
  };
  const count = (part: Buffer) => {
    bytes += part.length;
    if (bytes > MAX_DISCARDED_BYTES) stop();
  };
  const timer = setTimeout(stop, MAX_DISCARDING_MS);
  request.on('data', count).once('end', stop).once('close', stop).resume();
}
