import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

/** A query whose response HTTP caches may store. */
const QUERY = '{ gpuAvailability { totalCount } }';

describe('the headers of a response', () => {
  let server: RunningServer;
  beforeAll(async () => {
    const { listener, log } = createGateway();
    server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  });
  afterAll(() => server.close(0));

  /** Sends a request, and returns the status line and the headers of the response byte for byte, but in lower case. */
  async function headOf(line: string, headers: readonly string[], body = ''): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const type = ['content-type: application/json', `content-length: ${body.length}`];
    const lines = [`${line} HTTP/1.1`, 'host: gateway', 'connection: close', ...headers];
    socket.write([...lines, ...(body === '' ? [] : type), '', body].join('\r\n'));
    let received = '';
    // Leaving the loop also closes the connection, because the loop iterates over the socket.
    for await (const part of socket) {
      received += part;
      if (received.includes('\r\n\r\n')) break;
    }
    return received.slice(0, received.indexOf('\r\n\r\n')).toLowerCase();
  }

  const get = `GET /graphql?query=${encodeURIComponent(QUERY)}`;
  const anyTag = 'if-none-match: *';

  it.each([
    ['GET', get, 'multipart/mixed', [], ''],
    ['GET', get, 'text/event-stream', [], ''],
    ['GET', get, 'application/json', [], ''],
    ['GET with a tag', get, 'multipart/mixed', [anyTag], ''],
    ['GET with a tag', get, 'application/json', [anyTag], ''],
    ['POST', 'POST /graphql', 'multipart/mixed', [], JSON.stringify({ query: QUERY })],
    ['POST', 'POST /graphql', 'application/json', [], JSON.stringify({ query: QUERY })],
    ['HEAD', get.replace('GET', 'HEAD'), 'multipart/mixed', [], ''],
  ])('never contain both a length and a transfer encoding: %s, %s, %s', async (_what, line, accept, headers, body) => {
    const head = await headOf(line, [`accept: ${accept}`, ...headers], body);
    expect(head).toMatch(/^http\/1.1 (200|304) /);
    expect(/\r\ncontent-length:/.test(head) && /\r\ntransfer-encoding:/.test(head)).toBe(false);
  });

  it('list each supported media type once, even if the client names a thousand unsupported ones', async () => {
    const accept = Array.from({ length: 1000 }, (_, index) => `image/x${index}`).join();
    const head = await headOf(get, [`accept: ${accept}`]);
    expect(head).toMatch(/^http\/1.1 406 /);
    const [, types = ''] = /\r\naccept: (.*)\r\n/.exec(head) ?? [];
    const names = types.split(', ').map((type) => type.split(';', 1)[0]);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toContain('application/json');
  });

  it('come with status 431 if the headers or the target of the request exceed 16 KiB', async () => {
    expect(await headOf(get, [`x-long: ${'x'.repeat(16_384)}`])).toMatch(/^http\/1.1 431 /);
    expect(await headOf(`${get}${'%20'.repeat(6000)}`, [])).toMatch(/^http\/1.1 431 /);
  });
});
