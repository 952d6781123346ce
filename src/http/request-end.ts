import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request that has not ended, and one thing to do when it ends. A request may have several. */
interface UnderWay {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly end: () => void;
}

/** The requests of one connection, oldest first. */
interface Requests {
  readonly underWay: UnderWay[];
  /** Called whenever a request has ended. */
  onEnd: (() => void) | null;
}

const requestsOf = new WeakMap<Duplex, Requests>();

/**
 * Calls `end` once when a request has ended: its response was sent, or its connection broke. Node does not emit 'close' on a response that
 * waits behind another one of a broken connection.
 */
export function onceEnded(request: IncomingMessage, response: ServerResponse, end: () => void): void {
  const requests = requestsOf.get(request.socket) ?? watch(request.socket);
  const { underWay } = requests;
  const one = { request, response, end };
  underWay.push(one);
  response.on('close', () => {
    const index = underWay.indexOf(one);
    if (index === -1) return;
    underWay.splice(index, 1);
    end();
    requests.onEnd?.();
  });
}

/**
 * Calls `then` when the answers to all requests that arrived whole on a connection have been sent: at once if there are none, and never if
 * the connection breaks first. `hasBegun` says whether the answer to a request that did not arrive whole has begun. To be called once
 * for a connection.
 */
export function onceAnswered(socket: Duplex, then: (hasBegun: boolean) => void): void {
  const requests = requestsOf.get(socket);
  if (requests === undefined) {
    then(false);
    return;
  }
  const check = () => {
    if (socket.destroyed || requests.underWay.some(({ request }) => request.complete)) return;
    requests.onEnd = null;
    then(requests.underWay.some(({ response }) => response.headersSent));
  };
  requests.onEnd = check;
  check();
}

function watch(socket: Duplex): Requests {
  const requests: Requests = { underWay: [], onEnd: null };
  requestsOf.set(socket, requests);
  socket.once('close', () => {
    for (const { end } of requests.underWay.splice(0)) end();
  });
  return requests;
}
