import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What is to be called for the requests of a connection that are under way: two for one that is traced, or many sent ahead. */
const underWay = new WeakMap<Socket, (() => void)[]>();

/**
 * Calls `end` once when a request has ended: its response was sent, or its connection broke. Of a response that waits behind
 * another one of its connection, Node does not tell the latter.
 */
export function onceEnded({ socket }: IncomingMessage, response: ServerResponse, end: () => void): void {
  const ends = underWay.get(socket) ?? watch(socket);
  ends.push(end);
  response.on('close', () => {
    const index = ends.indexOf(end);
    if (index === -1) return;
    ends.splice(index, 1);
    end();
  });
}

function watch(socket: Socket): (() => void)[] {
  const ends: (() => void)[] = [];
  underWay.set(socket, ends);
  socket.once('close', () => {
    for (const end of ends.splice(0)) end();
  });
  return ends;
}
