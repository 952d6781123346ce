import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openLive, overWebSocket } from './support/subscribers.ts';

const PROTOCOL = 'graphql-transport-ws';

afterEach(() => vi.useRealTimers());

/** A raw connection: what it is told, and how it was closed or refused. */
function dial(url: string, options: { path?: string; protocol?: string; headers?: Record<string, string> } = {}) {
  const address = `${new URL(url).origin.replace('http', 'ws')}${options.path ?? '/graphql'}`;
  const socket = new WebSocket(address, options.protocol ?? PROTOCOL, { headers: options.headers ?? {} });
  // oxlint-disable typescript/no-explicit-any
  // biome-ignore lint/suspicious/noExplicitAny: tests read whatever shape their query has
  const messages: { type: string; id?: string; payload?: any }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString())));
  const closed = new Promise<number>((resolve) => {
    socket.once('close', resolve);
  });
  const refused = new Promise<number | undefined>((resolve) => {
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode));
  });
  socket.on('error', () => {});
  const say = (message: object) => socket.send(JSON.stringify(message));
  return {
    socket,
    messages,
    closed,
    refused,
    say,
    /** Is ready for operations. */
    async init(payload: object = {}) {
      await once(socket, 'open');
      say({ type: 'connection_init', payload });
      await expect.poll(() => messages.map(({ type }) => type)).toContain('connection_ack');
    },
    /** What an operation was answered. */
    async ask(payload: object, id = String(Math.random())) {
      say({ type: 'subscribe', id, payload });
      await expect
        .poll(() => messages.filter((message) => message.id === id).at(-1)?.type)
        .toMatch(/^(complete|error)$/);
      return messages.find((message) => message.id === id);
    },
  };
}

describe('a WebSocket', () => {
  it('answers questions, with the same errors as over HTTP', async () => {
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
      ['mutation { x }', 'GRAPHQL_VALIDATION_FAILED'],
    ];
    for (const [query, code] of cases) {
      const answer = await connection.ask({ query });
      expect([query, answer?.payload.errors[0].extensions]).toEqual([query, { code }]);
    }
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('is for pages of the gateway and of allowed origins, and for programs', async () => {
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

  it('wants a key where there are keys, as a header or in connectionParams', async () => {
    await using gateway = await openLive({ CLIENT_API_KEYS: 'key-one,key-two' });
    for (const payload of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 7 },
      { authorization: 'Bearer ü' },
    ]) {
      const connection = dial(gateway.url);
      await once(connection.socket, 'open');
      connection.say({ type: 'connection_init', payload });
      expect(await connection.closed).toBe(4403);
    }
    await dial(gateway.url).init({ authorization: 'Bearer key-two' });
    await dial(gateway.url, { headers: { authorization: 'Bearer key-one' } }).init();
    const early = dial(gateway.url);
    await once(early.socket, 'open');
    early.say({ type: 'subscribe', id: '1', payload: { query: '{ upstream { source } }' } });
    expect(await early.closed).toBe(4401);
    expect(gateway.logged.join('')).not.toContain('key-');
  });

  it('is at the endpoint alone, by its protocol alone', async () => {
    await using gateway = await openLive();
    for (const path of ['/', '/graphql/', '//graphql', '/nowhere']) {
      expect(await dial(gateway.url, { path }).refused).toBe(404);
    }
    const other = dial(gateway.url, { protocol: 'graphql-ws' });
    await expect.poll(() => other.socket.readyState).toBe(WebSocket.CLOSED);
  });

  it('is closed for a message that is too long, or none, or unexpected', async () => {
    await using gateway = await openLive();
    const long = dial(gateway.url);
    await long.init();
    long.socket.send('x'.repeat(1_000_001));
    expect(await long.closed).toBe(1009);
    for (const message of ['no JSON', '{"type":"nonsense"}', '{"type":"next","id":"1","payload":{}}']) {
      const connection = dial(gateway.url);
      await connection.init();
      connection.socket.send(message);
      expect([message, await connection.closed]).toEqual([message, 4400]);
    }
    expect(gateway.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('is limited in rate, by connections and operations', async () => {
    await using gateway = await openLive({ RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: 'loopback' });
    const connection = dial(gateway.url);
    await connection.init();
    for (const _ of [2, 3]) await connection.ask({ query: '{ upstream { source } }' });
    const { payload } = (await connection.ask({ query: '{ upstream { source } }' })) ?? {};
    expect(payload[0].extensions).toEqual({ code: 'RATE_LIMITED' });
    expect(await dial(gateway.url).refused).toBe(429);
  });

  it('runs persisted operations, and those alone when it is told to', async () => {
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

  it('is one of so many', async () => {
    await using gateway = await openLive({ MAX_SUBSCRIPTIONS: '2' });
    const [first] = [dial(gateway.url), dial(gateway.url)];
    await first?.init();
    expect(await dial(gateway.url).refused).toBe(503);
    first?.socket.close();
    await first?.closed;
    await dial(gateway.url).init();
  });

  it('is pinged, and cut when it does not answer', async () => {
    await using gateway = await openLive();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const connection = dial(gateway.url);
    await connection.init();
    vi.advanceTimersByTime(12_000);
    await once(connection.socket, 'ping');
    // A client that has gone without a word.
    connection.socket.pong = () => {};
    await vi.waitFor(() => {
      vi.advanceTimersByTime(12_000);
      expect(connection.socket.readyState).toBe(WebSocket.CLOSED);
    });
  });

  it('is told when the gateway goes, after its subscriptions were completed', async () => {
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
