import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { answerWith } from './support/fake-runpod.ts';
import { LARGEST } from './support/hostile-operations.ts';
import { createAnswer } from './support/parts.ts';
import { openLive, overWebSocket } from './support/subscribers.ts';
import { dial } from './support/web-socket-client.ts';

afterEach(() => vi.useRealTimers());

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

  it('is closed if an operation reuses the id of an operation that has no result yet', async () => {
    await using gateway = await openLive();
    const connection = dial(gateway.url);
    await connection.init();
    const payload = { query: 'subscription { gpuAvailabilityChanged { id } }' };
    for (const type of ['subscribe', 'complete', 'subscribe']) connection.sendMessage({ type, id: '1', payload });
    expect(await connection.closed).toBe(4400);
    await expect.poll(() => gateway.metric('gpu_gateway_subscriptions')).toBe(0);
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
