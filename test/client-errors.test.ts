import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createClientErrorHandler } from '../src/http/client-errors.ts';
import { startServer } from '../src/http/server.ts';
import type { WebSockets } from '../src/http/web-sockets/web-sockets.ts';

const GET = 'GET /held HTTP/1.1\r\nhost: gateway\r\n\r\n';
const LARGE = 'x'.repeat(3_000_000);

/** Starts a server. It responds to `/held` only when the test ends the response, and to all other paths at once. */
async function openServer(webSockets?: WebSockets) {
  const held: ServerResponse[] = [];
  let onHeld = () => {};
  const server = await startServer(
    (request, response) => {
      request.resume();
      if (request.url === '/held') {
        held.push(response);
        onHeld();
      } else response.end(`response to ${request.url}`);
    },
    { host: '127.0.0.1', port: 0, log: pino({ level: 'silent' }), ...(webSockets && { webSockets }) },
  );
  const port = Number(new URL(server.url).port);
  return {
    held,
    port,
    /** Sends bytes on a new connection, and reads until the server closes the connection. */
    async send(bytes: string) {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(bytes);
      return { socket, read: text(socket) };
    },
    /** Resolves as soon as `count` requests to `/held` wait for their responses. */
    isHeld: (count: number) =>
      new Promise<void>((resolve) => {
        onHeld = () => {
          if (held.length === count) resolve();
        };
        onHeld();
      }),
    [Symbol.asyncDispose]: () => server.close(0),
  };
}

describe('a valid request followed by garbage', () => {
  it('is answered, and then the connection ends', async () => {
    await using server = await openServer();
    const { socket, read } = await server.send(`${GET}garbage\r\n\r\n`);
    await server.isHeld(1);
    socket.write('more garbage\r\n\r\n');
    server.held[0]?.end(LARGE);
    const answer = await read;
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer.endsWith(`\r\n\r\n${LARGE}`)).toBe(true);
  });

  it('is answered, and so is a second valid request before the garbage', async () => {
    await using server = await openServer();
    const { read } = await server.send(`${GET}${GET}\0\0\0\0`);
    await server.isHeld(2);
    server.held[1]?.end('second');
    server.held[0]?.end('first');
    expect((await read).match(/first|second/g)).toEqual(['first', 'second']);
  });

  it('is answered if the garbage is in the body of the next request', async () => {
    await using server = await openServer();
    const post = 'POST /held HTTP/1.1\r\nhost: gateway\r\ntransfer-encoding: chunked\r\n\r\nno length\r\n';
    const { read } = await server.send(`${GET}${post}`);
    await server.isHeld(2);
    server.held[0]?.end('first');
    expect(await read).toMatch(/\r\n\r\nfirst$/);
  });

  it('is answered if the next request is incomplete', async () => {
    await using server = await openServer();
    const { socket, read } = await server.send(`${GET}GET /other HTTP/1.1\r\nhost`);
    await server.isHeld(1);
    socket.end();
    // When the server has answered this later request, it has also noticed that the client has ended the first connection.
    await (await server.send('GET /later HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n')).read;
    server.held[0]?.end('first');
    expect(await read).toMatch(/\r\n\r\nfirst$/);
  });
});

describe('a connection without a request in progress', () => {
  it.each([
    ['bytes that are not HTTP', 'garbage\r\n\r\n', '400 Bad Request'],
    [
      'headers that are too long',
      `GET / HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      '431 Request Header Fields Too Large',
    ],
    [
      'a chunk without a length',
      'POST /held HTTP/1.1\r\nhost: gateway\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n',
      '400 Bad Request',
    ],
  ])('is closed after a response with a status: %s', async (_what, bytes, status) => {
    await using server = await openServer();
    const { read } = await server.send(bytes);
    expect(await read).toBe(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });

  it('is closed with 408 when a request takes too long to arrive', async () => {
    const handle = createClientErrorHandler();
    const late = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    const server = createServer((socket) => handle(late, socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
    server.close();
  });

  it('is closed if the garbage arrives after the client has read the response', async () => {
    await using server = await openServer();
    const { socket, read } = await server.send('GET /once HTTP/1.1\r\nhost: gateway\r\n\r\n');
    await once(socket, 'data');
    socket.write('garbage\r\n\r\n');
    expect(await read).toMatch(/response to \/once.*HTTP\/1.1 400 Bad Request/s);
  });

  it('is destroyed even if the client never closes its side', async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connected = once(server, 'connection');
    const { port } = server.address() as AddressInfo;
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const [socket] = (await connected) as [Socket];
    const destroyed = new Promise((resolve) => socket.once('close', resolve));
    createClientErrorHandler()(new Error('not HTTP'), socket);
    await once(client.resume(), 'end');
    await destroyed;
    client.destroy();
    server.close();
  });

  it('may break at any time without an effect on other connections', async () => {
    await using server = await openServer();
    for (const bytes of ['garbage\r\n\r\n', `${GET}garbage`, 'GET / HT']) {
      const { socket, read } = await server.send(bytes);
      const broken = expect(read).rejects.toThrow();
      socket.resetAndDestroy();
      await broken;
    }
    const { read } = await server.send('GET /alive HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n');
    expect(await read).toContain('response to /alive');
  });
});

describe('a request for another protocol that is sent before the first response', () => {
  const upgrade = (protocol: string) =>
    `GET /other HTTP/1.1\r\nhost: gateway\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n\r\n`;

  it('is answered after the first request, and then the connection ends', async () => {
    await using server = await openServer();
    const { read } = await server.send(`${GET}${upgrade('h2c')}`);
    await server.isHeld(1);
    server.held[0]?.end('first');
    expect(await read).toMatch(/\r\n\r\nfirst.*connection: close.*response to \/other/is);
  });

  it('gets its WebSocket after the first response', async () => {
    const webSockets: WebSockets = {
      async take(_request, socket) {
        socket.end('taken');
        return 101;
      },
      idle: async () => {},
      close() {},
    };
    await using server = await openServer(webSockets);
    const { read } = await server.send(`${GET}${upgrade('websocket')}`);
    await server.isHeld(1);
    server.held[0]?.end('first');
    expect(await read).toMatch(/\r\n\r\nfirsttaken$/);
  });

  it('closes the connection if it cannot be handled', async () => {
    const webSockets: WebSockets = {
      take: () => Promise.reject(new Error('the rate limiter is broken')),
      idle: async () => {},
      close() {},
    };
    await using server = await openServer(webSockets);
    const { read } = await server.send(upgrade('websocket'));
    await expect(read).resolves.toBe('');
  });
});
