import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as openSocket } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { answerWith } from './support/fake-runpod.ts';
import { LARGEST } from './support/hostile-operations.ts';
import { createAnswer } from './support/parts.ts';
import { openLive, overWebSocket } from './support/subscribers.ts';

/** A valid `sec-websocket-key` for handshakes. */
const KEY = 'AAAAAAAAAAAAAAAAAAAAAA==';
const PROTOCOL = 'graphql-transport-ws';

afterEach(() => vi.useRealTimers());

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
function dial(url: string, options: DialOptions = {}) {
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

const MATRIX = `{ gpuAvailability(filter: { includeUnavailable: true }) { nodes { gpuType { id displayName } dataCenter { id name } stock } } }`;

describe('a WebSocket', () => {
  it('answers operations and reports the same errors as HTTP', async () => {
    await using gateway = await openLive();
    const connection = dial(gateway.url);
    await connection.init();
    const { payload } = (await connection.ask({ query: '{ upstream { source } }' })) ?? {};
    expect(payload).toEqual({ data: { upstream: { source: 'RUNPOD_GRAPHQL' } } });
    const cases = [
      ['{ nonsense }', 'GRAPHQL_VALIDATION_FAILED'],
      ['{', 'GRAPHQL_PARSE_FAILED'],
      ['{ gpuAvailability(gpuCount: 0) { totalCount } }', 'BAD_USER_INPUT'],
      [`{ ${Array.from({ length: 51 }, (_, i) => `a${i}: upstream { source }`).join(' ')} }`, 'OPERATION_TOO_COMPLEX'],
      [`{ ${'a'.repeat(129)}: __typename }`, 'OPERATION_TOO_COMPLEX'],
      ['mutation { x }', 'GRAPHQL_VALIDATION_FAILED'],
    ];
    for (const [query, code] of cases) {
      const answer = await connection.ask({ query });
      expect([query, answer?.payload.errors[0].extensions]).toEqual([query, { code }]);
    }
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('answers operations with @stream and @defer in parts', async () => {
    await using gateway = await openLive();
    const connection = dial(gateway.url);
    await connection.init();
    const rest = 'totalCount coverage { complete }';
    const query = `{ gpuAvailability { nodes @stream { gpuType { id } dataCenter { id } stock } ... @defer { ${rest} } } }`;
    await connection.ask({ query }, 'parts');
    const answer = createAnswer();
    const payloads = connection.messages.filter(({ id, type }) => id === 'parts' && type === 'next');
    for (const { payload } of payloads) answer.add(payload);
    expect(payloads.at(-1)?.payload.hasNext).toBe(false);
    const whole = await connection.ask({ query: query.replace('@stream', '').replace('... @defer {', '... {') });
    expect(whole?.payload).toEqual({ data: answer.data() });
  });

  it('sends the same large response as HTTP, and serialises it in pieces', async () => {
    await using gateway = await openLive({ MAX_UPSTREAM_PER_OPERATION: '1000', FRESH_SECONDS: '600' });
    const { query } = JSON.parse(LARGEST.every) as { query: string };
    const withError = query.replace('{', '{ bad: gpuAvailability(gpuType: "none") { totalCount } ');
    const overHttp = await gateway.ask(withError);
    const connection = dial(gateway.url);
    await connection.init();
    const stringify = vi.spyOn(JSON, 'stringify');
    const answer = await connection.ask({ query: withError }, 'an "id"');
    const longest = Math.max(...stringify.mock.results.map(({ value }) => String(value).length));
    stringify.mockRestore();
    expect(longest).toBeLessThan(500_000);
    expect(JSON.stringify(answer?.payload).length).toBeGreaterThan(5_000_000);
    expect(answer?.payload.data).toEqual(overHttp.data);
    expect(answer?.payload.errors[0]).toEqual(overHttp.errors?.[0]);
    expect((await connection.ask({ query: '{ upstream { source } }' }))?.payload.data.upstream).toBeDefined();
  });

  it('can be opened by pages of the gateway, by pages of allowed origins, and by programs', async () => {
    await using gateway = await openLive({ CORS_ORIGINS: 'https://app.example' });
    const { url, server } = gateway;
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1', 'nonsense']) {
      expect(await dial(url, { headers: { origin } }).refused).toBe(403);
    }
    for (const origin of [server.url, 'https://app.example', undefined]) {
      const connection = dial(url, { headers: origin === undefined ? {} : { origin } });
      await connection.init();
    }
  });

  it('requires a client key in a header or in connectionParams if client keys are set', async () => {
    await using gateway = await openLive({ CLIENT_API_KEYS: 'key-one,key-two' });
    for (const payload of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 7 },
      { authorization: 'Bearer ü' },
    ]) {
      const connection = dial(gateway.url);
      await once(connection.socket, 'open');
      connection.sendMessage({ type: 'connection_init', payload });
      expect(await connection.closed).toBe(4403);
    }
    await dial(gateway.url).init({ authorization: 'Bearer key-two' });
    await dial(gateway.url, { headers: { authorization: 'Bearer key-one' } }).init();
    const early = dial(gateway.url);
    await once(early.socket, 'open');
    early.sendMessage({ type: 'subscribe', id: '1', payload: { query: '{ upstream { source } }' } });
    expect(await early.closed).toBe(4401);
    expect(gateway.logged.join('')).not.toContain('key-');
  });

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])(
    'accepts a key in connectionParams under the name %s',
    async (name) => {
      await using gateway = await openLive({ CLIENT_API_KEYS: 'key-one' });
      await dial(gateway.url).init({ [name]: 'Bearer key-one' });
    },
  );

  it('can be opened only at the endpoint and only with the protocol graphql-transport-ws', async () => {
    await using gateway = await openLive();
    for (const path of ['/', '/graphql/', '//graphql', '/nowhere']) {
      expect(await dial(gateway.url, { path }).refused).toBe(404);
    }
    const other = dial(gateway.url, { protocol: 'graphql-ws' });
    await expect.poll(() => other.socket.readyState).toBe(WebSocket.CLOSED);
  });

  it('is closed after a message that is too long, invalid or unexpected', async () => {
    await using gateway = await openLive();
    const long = dial(gateway.url);
    await long.init();
    long.socket.send('x'.repeat(1_000_001));
    expect(await long.closed).toBe(1009);
    for (const message of ['not JSON', '{"type":"nonsense"}', '{"type":"next","id":"1","payload":{}}']) {
      const connection = dial(gateway.url);
      await connection.init();
      connection.socket.send(message);
      expect([message, await connection.closed]).toEqual([message, 4400]);
    }
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('has a rate limit that counts connections and operations', async () => {
    await using gateway = await openLive({ RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: 'loopback' });
    const connection = dial(gateway.url);
    await connection.init();
    for (const _ of [2, 3]) await connection.ask({ query: '{ upstream { source } }' });
    const { payload } = (await connection.ask({ query: '{ upstream { source } }' })) ?? {};
    expect(payload[0].extensions).toEqual({ code: 'RATE_LIMITED' });
    const [, response] = await once(dial(gateway.url).socket, 'unexpected-response');
    expect(response.statusCode).toBe(429);
    expect(response.headers['retry-after']).toMatch(/^[1-9]\d?$/);
  });

  it('runs persisted operations, and refuses all others with PERSISTED_ONLY', async () => {
    const text = readFileSync('operations/clients/cheapest-gpus.graphql', 'utf8');
    const sha256Hash = createHash('sha256').update(text).digest('hex');
    await using gateway = await openLive({ PERSISTED_ONLY: 'true' });
    const connection = dial(gateway.url);
    await connection.init();
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    const persisted = await connection.ask({ query: '', variables: { minMemoryGb: 80 }, extensions });
    expect(persisted?.payload.data.gpuAvailability.nodes.length).toBeGreaterThan(0);
    const own = await connection.ask({ query: '{ upstream { source } }' });
    expect(own?.payload.errors[0].extensions).toEqual({ code: 'PERSISTED_QUERY_ONLY' });
  });

  it('is refused if too many WebSockets are open', async () => {
    await using gateway = await openLive({ MAX_SUBSCRIPTIONS: '2' });
    const [first] = [dial(gateway.url), dial(gateway.url)];
    await first?.init();
    expect(await dial(gateway.url).refused).toBe(503);
    first?.socket.close();
    await first?.closed;
    await dial(gateway.url).init();
  });

  it('is subject to the limits on the subscriptions and WebSockets of one client', async () => {
    await using gateway = await openLive({ MAX_SUBSCRIPTIONS_PER_CLIENT: '2', TRUST_PROXY: 'loopback' });
    const connection = dial(gateway.url);
    await connection.init();
    const query = 'subscription { gpuAvailabilityChanged { id } }';
    for (const id of ['1', '2']) connection.sendMessage({ type: 'subscribe', id, payload: { query } });
    await gateway.subscribed(2);
    const third = await connection.ask({ query });
    expect(third?.payload.errors[0].extensions).toEqual({ code: 'TOO_MANY_SUBSCRIPTIONS' });
    await dial(gateway.url).init();
    expect(await dial(gateway.url).refused).toBe(429);
  });

  it('is closed if an operation reuses the id of an operation that has no result yet', async () => {
    await using gateway = await openLive();
    const connection = dial(gateway.url);
    await connection.init();
    const payload = { query: 'subscription { gpuAvailabilityChanged { id } }' };
    for (const type of ['subscribe', 'complete', 'subscribe']) connection.sendMessage({ type, id: '1', payload });
    expect(await connection.closed).toBe(4400);
    await expect.poll(() => gateway.metric('gpu_gateway_subscriptions')).toBe(0);
  });

  it.each([
    ['pings', (i: number) => ({ type: 'ping', payload: { text: 'x'.repeat(100_000), i } })],
    ['operations', (i: number) => ({ type: 'subscribe', id: String(i), payload: { query: MATRIX } })],
  ])('is cut if its client does not read the responses to %s', async (_what, message) => {
    await using gateway = await openLive({ MAX_ANSWER_BYTES: '1000000', MAX_UNREAD_BYTES_PER_CLIENT: '1000000' });
    await gateway.ask(MATRIX);
    const connection = dial(gateway.url);
    await connection.init();
    connection.socket.pause();
    const sending = setInterval(() => {
      for (let i = 0; i < 2; i += 1) connection.sendMessage(message(Math.random()));
    }, 20);
    const isCut = () => gateway.logged.some((line) => JSON.parse(line).msg === 'connection ended');
    await expect.poll(isCut, { timeout: 45_000 }).toBe(true);
    clearInterval(sending);
  });

  it('still delivers the results of operations in progress when the gateway stops', async () => {
    await using gateway = await openLive();
    const held: (() => void)[] = [];
    gateway.runPod.fail(({ operationName }) =>
      operationName === 'LowestPrices'
        ? (response, good) => void held.push(() => answerWith(200, good)(response, good))
        : undefined,
    );
    const connection = dial(gateway.url);
    await connection.init();
    const answer = connection.ask({ query: '{ gpuAvailability(gpuType: "L4") { coverage { complete } } }' });
    await expect.poll(() => held).toHaveLength(1);
    gateway.stop();
    const closed = gateway.server.close(9000);
    const refused = async () => (await fetch(new URL('/ready', gateway.url))).headers.get('connection');
    await expect.poll(refused).toBe('close');
    setTimeout(() => held[0]?.(), 1500);
    expect((await answer)?.payload).toEqual({ data: { gpuAvailability: { coverage: { complete: true } } } });
    await closed;
  });

  it('is pinged every 12 s, and is cut if the client has not answered when the next ping is due', async () => {
    await using gateway = await openLive();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const answering = dial(gateway.url);
    const silent = dial(gateway.url, { autoPong: false });
    await Promise.all([answering.init(), silent.init()]);
    const pings: Buffer[] = [];
    silent.socket.on('ping', (data: Buffer) => pings.push(data));
    const pinged = [answering, silent].map(({ socket }) => once(socket, 'ping'));
    vi.advanceTimersByTime(12_000);
    await Promise.all(pinged);
    // The client sends this message after its pong. So when the gateway has answered the message, it has also received the pong.
    await answering.ask({ query: '{ upstream { source } }' });
    vi.advanceTimersByTime(12_000);
    expect(await silent.closed).toBe(1006);
    expect([pings.length, answering.socket.readyState]).toEqual([1, WebSocket.OPEN]);
  });

  it('is closed with the code 1001 when the gateway stops, but only after its subscriptions have been completed', async () => {
    await using gateway = await openLive();
    const subscriber = overWebSocket(gateway.url);
    const connection = dial(gateway.url);
    await connection.init();
    await gateway.subscribed(1);
    gateway.stop();
    await expect.poll(subscriber.end).toBe('complete');
    await gateway.server.close(5000);
    expect(await connection.closed).toBe(1001);
  });
});

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
