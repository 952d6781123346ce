import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { openLive } from './support/subscribers.ts';

/** A valid `sec-websocket-key` for handshakes. */
const KEY = 'AAAAAAAAAAAAAAAAAAAAAA==';

/** Sends bytes. Returns everything that the server sends until it closes the connection or has sent the text `enough`. */
async function sendRaw(url: string, bytes: string, enough?: string): Promise<string> {
  const socket = openSocket({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.write(bytes);
  let received = '';
  for await (const chunk of socket) {
    received += String(chunk);
    if (enough !== undefined && received.includes(enough)) break;
  }
  socket.destroy();
  return received;
}

describe('a request to switch the protocol', () => {
  const H2C = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAARAAAAAAAIAAAAA';

  it('is answered over HTTP if the protocol is unknown', async () => {
    await using gateway = await openLive();
    const health = await sendRaw(gateway.url, `GET /health HTTP/1.1\r\nhost: gateway\r\n${H2C}\r\n\r\n`, '200 OK');
    expect(health).toMatch(/^HTTP\/1.1 200 OK/);
    const body = JSON.stringify({ query: '{ upstream { source } }' });
    const about = `content-type: application/json\r\ncontent-length: ${body.length}`;
    const post = `POST /graphql HTTP/1.1\r\nhost: gateway\r\n${H2C}\r\n${about}\r\n\r\n${body}`;
    expect(await sendRaw(gateway.url, post, '}}}')).toContain('{"data":{"upstream":{"source":"RUNPOD_GRAPHQL"}}}');
  });

  it('does no harm if its connection is reset', async () => {
    await using gateway = await openLive();
    const handshake = `connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${KEY}`;
    for (const host of ['a b c:x', 'gateway']) {
      for (const origin of ['', 'origin: https://evil.example\r\n']) {
        const socket = openSocket(Number(new URL(gateway.url).port), '127.0.0.1');
        socket.on('error', () => {});
        socket.write(`GET /graphql HTTP/1.1\r\nhost: ${host}\r\n${origin}${handshake}\r\n\r\n`);
        await once(socket, 'data');
        socket.resetAndDestroy();
      }
    }
    expect((await gateway.ask('{ upstream { source } }')).errors).toBeUndefined();
  });

  it.each([
    ['from an origin that is not allowed', 403, ['sec-websocket-version: 13', 'origin: https://evil.example']],
    ['with an unsupported WebSocket version', 400, ['sec-websocket-version: 7']],
  ])('is refused with a response that caches must not store: %s', async (_what, status, headers) => {
    await using gateway = await openLive();
    const socket = openSocket(Number(new URL(gateway.url).port), '127.0.0.1');
    const handshake = ['host: gateway', 'connection: Upgrade', 'upgrade: websocket', `sec-websocket-key: ${KEY}`];
    socket.write(['GET /graphql HTTP/1.1', ...handshake, ...headers, '', ''].join('\r\n'));
    const answer = await textOf(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/\r\ncache-control: no-store\r\n/i);
  });

  it('has its connection closed if it is refused', async () => {
    await using gateway = await openLive();
    const handshake = 'connection: Upgrade\r\nupgrade: websocket\r\norigin: https://evil.example';
    const socket = openSocket({ port: Number(new URL(gateway.url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.write(`GET /graphql HTTP/1.1\r\nhost: gateway\r\n${handshake}\r\n\r\n`);
    await once(socket.resume(), 'end');
    const writing = setInterval(() => socket.write('x'), 10);
    await once(socket, 'error');
    clearInterval(writing);
  });
});
