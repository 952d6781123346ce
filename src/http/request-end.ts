import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request in progress, and a function to call when the request ends. A request with several such functions has one entry for each. */
interface Pending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly end: () => void;
}

/** The requests in progress on one connection, oldest first. */
interface Requests {
  readonly pending: Pending[];
  /** Called each time a request ends. */
  onEnd: (() => void) | null;
}

const requestsOf = new WeakMap<Duplex, Requests>();

/**
 * Calls `end` once when a request has ended. A request ends when its response was sent, or when its connection breaks. This function also
 * watches the connection: if it breaks while a response still waits for an earlier response, Node emits no 'close' event on the waiting
 * response.
 */
export function onceEnded(request: IncomingMessage, response: ServerResponse, end: () => void): void {
  const requests = requestsOf.get(request.socket) ?? watch(request.socket);
  const entry = { request, response, end };
  requests.pending.push(entry);
  response.on('close', () => {
    const index = requests.pending.indexOf(entry);
    if (index === -1) return;
    requests.pending.splice(index, 1);
    end();
    requests.onEnd?.();
  });
}

/**
 * Calls `then` when the responses to all completely received requests on a connection have been sent, or at once if there are none. Never
 * calls `then` if the connection breaks first. Passes true as `hasBegun` if the gateway has already begun to respond to a request that it
 * has not received completely. Call this function only once for each connection.
 */
export function onceAnswered(socket: Duplex, then: (hasBegun: boolean) => void): void {
  const requests = requestsOf.get(socket);
  if (requests === undefined) {
    then(false);
    return;
  }
  const check = () => {
    if (socket.destroyed || requests.pending.some(({ request }) => request.complete)) return;
    requests.onEnd = null;
    then(requests.pending.some(({ response }) => response.headersSent));
  };
  requests.onEnd = check;
  check();
}

function watch(socket: Duplex): Requests {
  const requests: Requests = { pending: [], onEnd: null };
  requestsOf.set(socket, requests);
  socket.once('close', () => {
    for (const { end } of requests.pending.splice(0)) end();
  });
  return requests;
}
