import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is to be called for the requests of a connection that are under way. */
const underWay = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `end` once when a request has ended: its response was sent, or its connection broke. Of a response that waits behind
 * another one of its connection, Node does not tell the latter.
 */
export function onceEnded({ socket }: IncomingMessage, response: ServerResponse, end: () => void): void {
  const ends = underWay.get(socket) ?? watch(socket);
  const endOnce = () => {
    if (ends.delete(endOnce)) end();
  };
  ends.add(endOnce);
  response.on('close', endOnce);
}

function watch(socket: Socket): Set<() => void> {
  const ends = new Set<() => void>();
  underWay.set(socket, ends);
  socket.once('close', () => {
    for (const end of ends) end();
  });
  return ends;
}
