import { once } from 'node:events';
import { expect } from 'vitest';
import { WebSocket } from 'ws';

const PROTOCOL = 'graphql-transport-ws';

interface DialOptions {
  readonly path?: string;
  readonly protocol?: string;
  readonly headers?: Record<string, string>;
  /** Whether the client answers pings. Default: true. */
  readonly autoPong?: boolean;
}

/**
 * Opens a WebSocket without a client library for GraphQL. `closed` resolves to the close code. `refused` resolves to the HTTP status if the
 * gateway refuses the handshake.
 */
export function dial(url: string, options: DialOptions = {}) {
  const address = `${new URL(url).origin.replace('http', 'ws')}${options.path ?? '/graphql'}`;
  const socket = new WebSocket(address, options.protocol ?? PROTOCOL, {
    headers: options.headers ?? {},
    autoPong: options.autoPong ?? true,
  });
  // oxlint-disable typescript/no-explicit-any
  // biome-ignore lint/suspicious/noExplicitAny: results have the shape of the query
  const messages: { type: string; id?: string; payload?: any }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString())));
  const closed = new Promise<number>((resolve) => {
    socket.once('close', resolve);
  });
  const refused = new Promise<number | undefined>((resolve) => {
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
  });
  socket.on('error', () => {});
  const sendMessage = (message: object) => socket.send(JSON.stringify(message));
  return {
    socket,
    messages,
    closed,
    refused,
    sendMessage,
    /** Initialises the connection. Afterwards the connection is ready for operations. */
    async init(payload: object = {}) {
      await once(socket, 'open');
      sendMessage({ type: 'connection_init', payload });
      await expect.poll(() => messages.map(({ type }) => type)).toContain('connection_ack');
    },
    /** Runs an operation. When the operation has ended, resolves to the first message that the server sent for it. */
    async ask(payload: object, id = String(Math.random())) {
      sendMessage({ type: 'subscribe', id, payload });
      await expect
        .poll(() => messages.filter((message) => message.id === id).at(-1)?.type)
        .toMatch(/^(complete|error)$/);
      return messages.find((message) => message.id === id);
    },
  };
}
