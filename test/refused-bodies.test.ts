import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

const MAX_BODY_BYTES = 1_000_000;
const KEY = 'authorization: Bearer key-one';
const JSON_TYPE = 'content-type: application/json';

/** Starts a gateway that listens on a port and requires a key from its clients. */
async function startGateway(env: Record<string, string> = {}) {
  const { listener, log } = createGateway({ CLIENT_API_KEYS: 'key-one', ...env });
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  const open = async (): Promise<Socket> => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  return { open, [Symbol.asyncDispose]: () => server.close(0) };
}

const head = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, 'host: gateway', ...headers, '', ''].join('\r\n');

const firstChunk = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);

const question = (bytes: number): string => {
  const start = '{"query":"{ upstream { source } }","variables":{"unused":"';
  return `${start}${'x'.repeat(bytes - start.length - 3)}"}}`;
};

describe('a request that is refused because of its headers', () => {
  it.each([
    ['without a key', 'POST /graphql', [JSON_TYPE], 401],
    ['with a wrong key', 'POST /graphql', [JSON_TYPE, 'authorization: Bearer key-x'], 401],
    ['with a content type that is not JSON', 'POST /graphql', [KEY, 'content-type: text/plain'], 415],
    ['to an unknown path', 'POST /nowhere', [KEY, JSON_TYPE], 404],
    ['to an unusual spelling of the path', 'POST /%2e/graphql', [JSON_TYPE], 401],
    ['with a method that is not allowed', 'PUT /graphql', [KEY, JSON_TYPE], 405],
    ['to a path that accepts no bodies', 'POST /ready', [], 503],
  ])('%s is answered before its body arrives', async (_what, line, headers, status) => {
    await using gateway = await startGateway();
    const socket = await gateway.open();
    socket.write(head(line, ...headers, 'content-length: 990000'));
    const answer = await firstChunk(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    socket.destroy();
  });

  it.each(['POST /graphql', 'POST /./graphql', 'PUT /graphql', 'GET /graphql', 'DELETE /ready', 'POST /nowhere'])(
    'is answered with 413 before its body arrives if it announces a length above the limit: %s',
    async (line) => {
      await using gateway = await startGateway();
      const socket = await gateway.open();
      socket.write(head(line, KEY, JSON_TYPE, `content-length: ${MAX_BODY_BYTES + 1}`));
      expect(await firstChunk(socket)).toMatch(/^HTTP\/1.1 413 /);
      socket.destroy();
    },
  );

  it('is answered before its body arrives if it exceeds the rate limit', async () => {
    await using gateway = await startGateway({ RATE_LIMIT_PER_MINUTE: '1', TRUST_PROXY: 'loopback' });
    const socket = await gateway.open();
    const body = question(200);
    socket.write(head('POST /graphql', KEY, JSON_TYPE, `content-length: ${body.length}`) + body);
    expect(await firstChunk(socket)).toMatch(/^HTTP\/1.1 200 /);
    socket.write(head('POST /graphql', KEY, JSON_TYPE, 'content-length: 990000'));
    expect(await firstChunk(socket)).toMatch(/^HTTP\/1.1 429 /);
    socket.destroy();
  });

  it('is answered in full even if the client sends its whole body before it reads the response', async () => {
    await using gateway = await startGateway();
    const socket = await gateway.open();
    socket.pause();
    socket.write(head('POST /graphql', JSON_TYPE, 'content-length: 990000'));
    await new Promise((resolve) => socket.write('x'.repeat(990_000), resolve));
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain('UNAUTHENTICATED');
  });

  it('does not close its connection if the body is short', async () => {
    await using gateway = await startGateway();
    const socket = await gateway.open();
    const body = question(200);
    for (const [headers, status] of [
      [[JSON_TYPE], 401],
      [[JSON_TYPE, KEY], 200],
    ] as const) {
      socket.write(head('POST /graphql', ...headers, `content-length: ${body.length}`) + body);
      expect(await firstChunk(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
    socket.destroy();
  });
});

describe('an endless body', () => {
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;

  /** Sends bytes until the gateway closes the connection. Resolves to the number of bytes that were written to the socket. */
  async function bytesTaken(socket: Socket): Promise<number> {
    const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
    socket.resume();
    while (!socket.destroyed && socket.bytesWritten < 100_000_000) {
      if (socket.write(chunk)) continue;
      const drained = new Promise<void>((resolve) => void socket.once('drain', resolve));
      await Promise.race([drained, closed]);
    }
    socket.destroy();
    return socket.bytesWritten;
  }

  it.each([
    ['POST /graphql', [KEY, JSON_TYPE]],
    ['POST /graphql', [JSON_TYPE]],
    ['POST /./graphql', [KEY, JSON_TYPE]],
    ['POST //graphql', [KEY, JSON_TYPE]],
    ['PUT /graphql', [KEY, JSON_TYPE]],
    ['GET /graphql?query={upstream{source}}', [KEY]],
    ['POST /health', []],
    ['POST /nowhere', []],
  ])('is not read forever: %s with the headers %j', async (line, headers) => {
    await using gateway = await startGateway();
    const socket = await gateway.open();
    socket.write(head(line, ...headers, 'transfer-encoding: chunked'));
    // The maximum of 20 MB is generous, because the count includes several megabytes that the operating system buffers on both sides.
    expect(await bytesTaken(socket)).toBeLessThan(20_000_000);
  });
});

describe('a body of 990 kB', () => {
  const body = question(990_000);

  it.each([
    ['accepted', [KEY, JSON_TYPE], 200],
    ['refused because it has no key', [JSON_TYPE], 401],
    ['refused because of its content type', [KEY, 'content-type: text/plain'], 415],
  ])('delays no other client if it is %s', async (_what, headers, status) => {
    await using gateway = await startGateway();
    const send = async () => {
      const socket = await gateway.open();
      socket.write(head('POST /graphql', ...headers, 'connection: close', `content-length: ${body.length}`));
      socket.write(body);
      return text(socket);
    };
    const delays: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      expect(await send()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      delay.disable();
      delays.push(delay.max / 1e6);
    }
    // Other processes on the machine can delay some of the six requests. Only a fault of the gateway would delay all of them.
    expect(Math.min(...delays)).toBeLessThan(100);
  });
});
