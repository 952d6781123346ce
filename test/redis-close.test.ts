import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { createRedis } from '../src/fleet/redis.ts';

/** Starts a server that answers every command like a Redis that is ready. Returns its URL and its connections. */
async function startServer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', () => socket.write('+OK\r\n'));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { url, sockets, [Symbol.asyncDispose]: async () => void server.close() };
}

it('closes a connection to Redis although writing to it fails', async () => {
  await using server = await startServer();
  const redis = createRedis(server.url, 'test:', pino({ enabled: false }));
  await redis.reach();
  for (const socket of server.sockets) socket.resetAndDestroy();
  // The client has not noticed yet that the connection is broken, so it writes the command. Before Node 26, it then emits the failed write
  // as an error.
  const command = redis.client.get('key').catch(() => {});
  await redis.close();
  expect(redis.client.status).toBe('end');
  await command;
});
