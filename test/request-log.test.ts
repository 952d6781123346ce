import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config.ts';
import { SYSTEM_CLOCK } from '../src/domain/clock.ts';
import { startServer } from '../src/http/server.ts';
import { createLog } from '../src/observability/log.ts';
import { readRecording20251114 } from './support/recording-2025-11-14.ts';

const NEW_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Starts a gateway that listens on a port and logs at `level`, and collects the lines of its log. */
async function open(level = 'info', now = () => performance.now(), env: Record<string, string> = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level, secrets: [] }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const { listener, webSockets, labelClient } = createApp({
    config: loadConfig(env),
    log,
    clock: { ...SYSTEM_CLOCK, now },
    readRecording: readRecording20251114,
  });
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log, webSockets, labelClient });
  const send = (body: unknown, headers: Record<string, string> = {}, path = '/graphql') =>
    fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer hidden', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const post = (query: string, headers: Record<string, string> = {}) =>
    send({ query }, headers, '/graphql?secret=hidden');
  const ended = () => lines.filter(({ msg }) => msg === 'request ended');
  return { url: server.url, log, lines, send, post, ended, [Symbol.asyncDispose]: () => server.close(0) };
}

describe('the log of requests', () => {
  it('has a line for each request that a client sent before the client reset the connection', async () => {
    await using gateway = await open();
    const { port, hostname } = new URL(gateway.url);
    const client = connect(Number(port), hostname);
    const body = JSON.stringify({ query: '{ gpuAvailability { totalCount } }' });
    const head = `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    await once(client, 'connect');
    client.write(`${head}\r\n\r\n${body}`.repeat(4), () => client.resetAndDestroy());
    await expect.poll(gateway.ended).toHaveLength(4);
  });

  it('has the path of a request for an absolute URL, without the password in the URL', async () => {
    await using gateway = await open();
    const { port, hostname } = new URL(gateway.url);
    const client = connect(Number(port), hostname);
    await once(client, 'connect');
    client.end(
      'GET http://me:hidden@gateway/no/path?secret=hidden HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n',
    );
    await expect.poll(gateway.ended).toMatchObject([{ path: '/no/path' }]);
    expect(JSON.stringify(gateway.lines)).not.toContain('hidden');
    client.destroy();
  });

  it('has a line for each request, without its headers and query string', async () => {
    await using gateway = await open();
    const response = await gateway.post('{ upstream { source } }');
    await expect.poll(gateway.ended).toHaveLength(1);
    const requestId = response.headers.get('x-request-id');
    expect(requestId).toMatch(NEW_ID);
    expect(gateway.ended()).toMatchObject([
      {
        level: 30,
        requestId,
        method: 'POST',
        path: '/graphql',
        status: 200,
        complete: true,
        durationMs: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(gateway.lines)).not.toContain('hidden');
  });

  it('names HEAD as the method of a HEAD request, which is answered without a body', async () => {
    await using gateway = await open();
    const response = await fetch(`${gateway.url}/graphql?query={upstream{source}}`, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '43', '']);
    await expect.poll(gateway.ended).toMatchObject([{ method: 'HEAD', status: 200 }]);
  });

  it('uses the request id that a client sends if the id is short and has only harmless characters', async () => {
    await using gateway = await open();
    const response = await gateway.post('{ upstream { source } }', { 'x-request-id': 'trace-1.a:b_2' });
    expect(response.headers.get('x-request-id')).toBe('trace-1.a:b_2');
    await expect.poll(gateway.ended).toMatchObject([{ requestId: 'trace-1.a:b_2' }]);
  });

  it('has a different id for each request that is sent without an id', async () => {
    await using gateway = await open('debug');
    for (let count = 0; count < 600; count += 1) await fetch(`${gateway.url}/health`);
    await expect.poll(gateway.ended).toHaveLength(600);
    expect(new Set(gateway.ended().map(({ requestId }) => requestId)).size).toBe(600);
  });

  it.each(['"quoted"', 'with blanks', 'x'.repeat(101), 'ÿ', '{}', ''])(
    'replaces the unsuitable request id %j',
    async (id) => {
      await using gateway = await open();
      const response = await gateway.post('{ upstream { source } }', { 'x-request-id': id });
      expect(response.headers.get('x-request-id')).toMatch(NEW_ID);
    },
  );

  it.each(['/"quoted"', String.raw`/back\slash\"`, '/","level":60,"x":"', "/'{}"])(
    'contains the path %j exactly as the client sent it',
    async (path) => {
      await using gateway = await open();
      const { port, hostname } = new URL(gateway.url);
      const client = connect(Number(port), hostname);
      await once(client, 'connect');
      client.end(`GET ${path} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n`);
      await expect.poll(gateway.ended).toMatchObject([{ level: 30, method: 'GET', path, status: 404 }]);
      client.destroy();
    },
  );

  it('has lines with the same fields, in the same order, as the lines that the library pino writes', async () => {
    await using gateway = await open();
    gateway.log.info({ own: true }, 'by pino');
    await gateway.post('{ upstream { source } }');
    await expect.poll(gateway.ended).toHaveLength(1);
    const told = ['requestId', 'client', 'method', 'path', 'status', 'complete', 'durationMs'];
    const byPino = gateway.lines.find(({ msg }) => msg === 'by pino') ?? {};
    expect(Object.keys(gateway.ended()[0] ?? {})).toEqual(
      Object.keys(byPino).flatMap((name) => (name === 'own' ? told : [name])),
    );
  });

  it('contains requests to /health, /ready and /metrics only at the level debug', async () => {
    for (const [level, count] of [
      ['info', 0],
      ['debug', 3],
    ] as const) {
      await using gateway = await open(level);
      for (const path of ['/health', '/ready', '/metrics']) await (await fetch(`${gateway.url}${path}`)).text();
      await gateway.post('{ upstream { source } }');
      await expect.poll(gateway.ended).toHaveLength(count + 1);
    }
  });

  it('has a line, but no warning, for a request whose client disconnected', async () => {
    await using gateway = await open();
    const leaving = new AbortController();
    const left = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
      body: new ReadableStream({ pull: () => leaving.abort() }),
      duplex: 'half',
      signal: leaving.signal,
    } as RequestInit);
    await expect(left).rejects.toThrow();
    await fetch(`${gateway.url}/graphql?query={__typename}`);
    await expect.poll(gateway.ended).not.toEqual([]);
    expect(gateway.lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });
});

/** Sends each request, one after the other, and returns the lines about them. */
async function linesFor(gateway: Awaited<ReturnType<typeof open>>, requests: readonly (() => Promise<Response>)[]) {
  for (const request of requests) await (await request()).text();
  await expect.poll(gateway.ended).toHaveLength(requests.length);
  return gateway.ended();
}

const three = (request: () => Promise<Response>) => [request, request, request];

describe('a line of the log of requests', () => {
  const query = 'query Mine($size: Int) { gpuAvailability(gpuCount: $size) { totalCount } }';

  it('has the name of the operation, also if the response comes from memory', async () => {
    await using gateway = await open();
    const lines = await linesFor(gateway, [
      ...three(() => gateway.send({ query })),
      ...three(() => gateway.send({ query, variables: { size: 2 } })),
      ...[4, 8].map((size) => () => gateway.send({ query, variables: { size } })),
      ...three(() => fetch(`${gateway.url}/graphql?query=query%20ByGet{upstream{source}}`)),
      () => gateway.send({ query: 'query A { upstream { source } } query B { __typename }', operationName: 'B' }),
    ]);
    expect(lines.map(({ operationName }) => operationName)).toEqual([
      ...Array(8).fill('Mine'),
      ...Array(3).fill('ByGet'),
      'B',
    ]);
    expect(lines.filter((line) => 'operationHash' in line || 'errorCodes' in line)).toEqual([]);
  });

  it('has at most 100 characters of the name of the operation, and no name that is not in the document', async () => {
    await using gateway = await open();
    const lines = await linesFor(gateway, [
      () => gateway.post(`query ${'n'.repeat(500)} { upstream { source } }`),
      () => gateway.send({ query: 'query A { __typename }', operationName: 'hidden' }),
      () => gateway.send({ query: '{ broken', operationName: 'hidden' }),
    ]);
    expect(lines.map(({ operationName }) => operationName)).toEqual(['n'.repeat(100), undefined, undefined]);
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });

  it('has the hash of an operation that the client names by its hash', async () => {
    await using gateway = await open();
    const kept = readFileSync('operations/clients/cheapest-gpus.graphql', 'utf8');
    const ofKept = createHash('sha256').update(kept).digest('hex');
    const ofMine = createHash('sha256').update(query).digest('hex');
    const persistedQuery = { version: 1, sha256Hash: ofMine };
    const lines = await linesFor(gateway, [
      ...three(() => gateway.send({ documentId: `sha256:${ofKept}` })),
      ...three(() => gateway.send({ documentId: ofKept, variables: { first: 1 } })),
      ...three(() => gateway.send({ query, extensions: { persistedQuery } })),
      ...three(() => gateway.send({ extensions: { persistedQuery } })),
      ...three(() => gateway.send({ documentId: ofMine, variables: { size: 1 } })),
      ...three(() => gateway.send({ query: kept })),
    ]);
    expect(lines.map(({ operationHash }) => operationHash)).toEqual([
      ...Array(6).fill(ofKept),
      ...Array(9).fill(ofMine),
      ...Array(3).fill(undefined),
    ]);
    expect(lines.map(({ status }) => status)).toEqual(Array(18).fill(200));
  });

  it('has the different codes of the errors in the response', async () => {
    await using gateway = await open('info', undefined, { RATE_LIMIT_PER_MINUTE: '8', TRUST_PROXY: 'loopback' });
    const wrongType =
      '{ a: gpuAvailability(gpuType: "none") { totalCount } b: gpuAvailability(gpuType: "no") { totalCount } }';
    const lines = await linesFor(gateway, [
      () => gateway.post('{ nothing { here } more }'),
      () => gateway.post('{ broken'),
      () => gateway.send('[]'),
      () => gateway.send({ documentId: 'unknown' }),
      () => gateway.post(wrongType),
      () => gateway.post('{ upstream { source } }', { 'content-type': 'text/plain' }),
      () => gateway.post('{ upstream { source } }', { accept: 'image/png' }),
      () =>
        gateway.post('subscription { gpuAvailabilityChanged(gpuType: "none") { id } }', {
          accept: 'text/event-stream',
        }),
      () => gateway.post('{ upstream { source } }'),
    ]);
    expect(lines.map(({ errorCodes }) => errorCodes)).toEqual([
      ['GRAPHQL_VALIDATION_FAILED'],
      ['GRAPHQL_PARSE_FAILED'],
      ['BAD_REQUEST'],
      ['PERSISTED_QUERY_NOT_FOUND'],
      ['BAD_USER_INPUT'],
      ['BAD_REQUEST'],
      ['BAD_REQUEST'],
      ['BAD_USER_INPUT'],
      ['RATE_LIMITED'],
    ]);
  });

  it('has the codes of errors in a later part of the response', async () => {
    await using gateway = await open();
    const later = '{ ... @defer { gpuAvailability(gpuType: "none") { totalCount } } upstream { source } }';
    const lines = await linesFor(gateway, [
      () => gateway.post(later, { accept: 'multipart/mixed' }),
      () => gateway.post(later, { accept: 'multipart/mixed;incrementalSpec=v0.2' }),
    ]);
    expect(lines.map(({ errorCodes }) => errorCodes)).toEqual([['BAD_USER_INPUT'], ['BAD_USER_INPUT']]);
  });

  it('names the client by its address, or by the first digits of the SHA-256 of its key', async () => {
    const key = 'client-key-that-is-secret';
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 8);
    await using gateway = await open('info', undefined, { CLIENT_API_KEYS: `other,${key}` });
    const ask = (authorization: string) => () => gateway.post('{ upstream { source } }', { authorization });
    const lines = await linesFor(gateway, [...three(ask(`Bearer ${key}`)), ask(`bearer  ${key}`), ask('Bearer wrong')]);
    expect(lines.map(({ client }) => client)).toEqual([...Array(4).fill(`key:${hash}`), '127.0.0.1']);
    expect(lines.at(-1)?.['errorCodes']).toEqual(['UNAUTHENTICATED']);
    expect(JSON.stringify(gateway.lines)).not.toContain(key);
  });

  it('names the client of a WebSocket', async () => {
    await using gateway = await open();
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.close();
    const ended = () => gateway.lines.filter(({ msg }) => msg === 'connection ended');
    await expect.poll(ended).toMatchObject([{ client: '127.0.0.1', method: 'GET', path: '/graphql', status: 101 }]);
  });

  it('names a client behind a trusted proxy by at most 50 characters of the address that the proxy reports', async () => {
    await using gateway = await open('info', undefined, { TRUST_PROXY: 'loopback' });
    const from = (address: string) => () => gateway.post('{ upstream { source } }', { 'x-forwarded-for': address });
    const lines = await linesFor(gateway, ['192.0.2.1', '2001:db8:1:2::9', 'x'.repeat(500)].map(from));
    expect(lines.map(({ client }) => client)).toEqual(['192.0.2.1', '2001:db8:1:2:0:0:0:0/64', 'x'.repeat(50)]);
  });
});

describe('a fault of the gateway', () => {
  it('is hidden from the client, and logged once with the id of the request', async () => {
    const brokenClock = () => {
      throw new TypeError('the clock is broken');
    };
    await using gateway = await open('info', brokenClock);
    const response = await gateway.post('{ gpuTypes { id } }', { 'x-request-id': 'mine' });
    expect(await response.json()).toMatchObject({
      data: { gpuTypes: null },
      errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    const faults = gateway.lines.filter(({ level }) => Number(level) >= 40);
    expect(faults).toMatchObject([
      { level: 50, requestId: 'mine', err: { type: 'TypeError', message: 'the clock is broken' } },
    ]);
  });

  it('is also hidden and logged once if it occurs in a subscription', async () => {
    const brokenClock = () => {
      throw new TypeError('the clock is broken');
    };
    await using gateway = await open('info', brokenClock);
    const query = 'subscription { gpuAvailabilityChanged { id } }';
    const response = await gateway.post(query, { 'x-request-id': 'mine', accept: 'text/event-stream' });
    expect(await response.text()).toContain('"code":"INTERNAL_SERVER_ERROR"');
    const faults = gateway.lines.filter(({ level }) => Number(level) >= 40);
    expect(faults).toMatchObject([{ requestId: 'mine', err: { message: 'the clock is broken' } }]);
  });

  it('is logged once, however many fields fail because of it', async () => {
    const brokenClock = () => {
      throw new TypeError('the clock is broken');
    };
    await using gateway = await open('info', brokenClock);
    const response = await gateway.post('{ a: gpuTypes { id } b: gpuTypes { id } c: gpuType(id: "x") { id } }');
    expect(await response.json()).toMatchObject({ data: { a: null, b: null, c: null } });
    expect(gateway.lines.filter(({ level }) => Number(level) >= 40)).toHaveLength(1);
  });
});
