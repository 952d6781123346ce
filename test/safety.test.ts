import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

const URL_OF_GATEWAY = 'http://gateway.invalid/graphql';
const QUERY = JSON.stringify({ query: '{ upstream { source } }' });
const JSON_TYPE = { 'content-type': 'application/json' };

/** Sends a request to a gateway with the settings in `env`. */
async function send(env: Record<string, string>, headers: Record<string, string>, init: RequestInit = {}) {
  const { handler } = createGateway(env);
  const request = { method: 'POST', body: QUERY, headers: { ...JSON_TYPE, ...headers }, ...init };
  const response = await handler.fetch(URL_OF_GATEWAY, request);
  const body = await response.text();
  return { status: response.status, headers: response.headers, body, json: () => JSON.parse(body) };
}

/** Sends a POST request with exactly this path and host. Returns the status of the response. */
async function statusOf(url: string, path: string, host = 'gateway'): Promise<number> {
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n`);
  socket.write(`Content-Type: application/json\r\nContent-Length: ${QUERY.length}\r\n\r\n${QUERY}`);
  return Number(/^HTTP\/1.1 (\d+)/.exec(await text(socket))?.[1]);
}

describe('pages of other sites', () => {
  const env = { CORS_ORIGINS: 'https://a.example, https://b.example' };
  const preflight = (origin: string) =>
    send(env, { origin, 'access-control-request-method': 'POST' }, { method: 'OPTIONS', body: null });

  it.each(['https://a.example', 'https://b.example'])(
    'may call the gateway from the allowed origin %s',
    async (origin) => {
      const before = await preflight(origin);
      expect(before.status).toBe(204);
      expect(before.headers.get('access-control-allow-origin')).toBe(origin);
      expect(before.headers.get('access-control-allow-headers')).toContain('content-type');
      const { headers, status } = await send(env, { origin });
      expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('vary')).toMatch(/origin/i);
    },
  );

  it.each(['traceparent', 'tracestate', 'if-none-match', 'if-modified-since'])(
    'may send the header %s',
    async (name) => {
      const { headers } = await preflight('https://a.example');
      expect(headers.get('access-control-allow-headers')?.split(/, ?/)).toContain(name);
    },
  );

  it.each(['https://evil.example', 'null', 'https://a.example.evil.example'])(
    'may not call the gateway from %s',
    async (origin) => {
      for (const { headers } of [await preflight(origin), await send(env, { origin })]) {
        expect(headers.get('access-control-allow-origin')).toBeNull();
      }
    },
  );

  it('may not call the gateway from any origin by default, and may call it from every origin if all are allowed', async () => {
    const origin = 'https://a.example';
    expect((await send({}, { origin })).headers.get('access-control-allow-origin')).toBeNull();
    expect((await send({ CORS_ORIGINS: '*' }, { origin })).headers.get('access-control-allow-origin')).toBe(origin);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/graphql', ''])(
    'cannot send a form, because a body of type %j is refused',
    async (type) => {
      const { status } = await send({}, { 'content-type': type });
      expect(status).toBe(415);
    },
  );

  it.each(['application/json', 'application/json; charset=utf-8'])('may send a body of type %s', async (type) => {
    expect((await send({}, { 'content-type': type })).status).toBe(200);
  });
});

describe('a gateway with client keys', () => {
  const env = { CLIENT_API_KEYS: 'key-one, key-two' };

  it.each(['Bearer key-one', 'Bearer key-two', 'bearer key-one'])(
    'accepts the authorization %j',
    async (authorization) => {
      expect((await send(env, { authorization })).json().data).toEqual({ upstream: { source: 'RECORDED' } });
    },
  );

  it.each(['', 'Bearer', 'Bearer key', 'Bearer key-one2', 'Bearer key-one,key-two', 'Basic key-one', 'key-one'])(
    'refuses the authorization %j',
    async (authorization) => {
      const { status, headers, json, body } = await send(env, authorization === '' ? {} : { authorization });
      expect([status, json().errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED']);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect(body).not.toMatch(/key-(one|two)/);
    },
  );

  it('requires a key for GET requests too, but not for the GraphiQL page and /health', async () => {
    const { handler } = createGateway(env);
    const get = async (path: string, accept: string) =>
      (await handler.fetch(`http://gateway.invalid${path}`, { headers: { accept } })).status;
    expect(await get('/graphql?query={upstream{source}}', 'application/json')).toBe(401);
    expect(await get('/graphql', 'text/html')).toBe(200);
    expect(await get('/health', '*/*')).toBe(200);
  });
});

describe('a path that resembles a path of the gateway', () => {
  it.each(['/graphql/', '//graphql', '/graphql//', '/graphql;x', '/%67raphql', '/GraphQL', '/graphql/..//graphql'])(
    'does not bypass the key check: %s',
    async (path) => {
      const { listener, log } = createGateway({ CLIENT_API_KEYS: 'key-one' });
      const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
      expect(await statusOf(server.url, path)).toBe(404);
      await server.close(0);
    },
  );

  it.each([
    ['/graphql', 'gateway', 401],
    ['http://gateway/graphql', 'gateway', 401],
    ['/./graphql', 'gateway', 401],
    ['/%2e/graphql', 'gateway', 401],
    ['/health/../graphql', 'gateway', 401],
    ['/graphql#x', 'gateway', 401],
    ['http://gateway/./graphql', 'gateway', 401],
    ['http://gateway/graphql/', 'gateway', 404],
    ['graphql:x', 'gateway', 400],
    ['/health', 'gateway/graphql?', 400],
    ['*', 'gateway', 400],
    ['/graphql', 'a b', 400],
    ['/graphql', '[::', 400],
    ['/graphql', '', 401],
  ])('%s with host %j is answered with the status %j, and no fault is logged', async (path, host, status) => {
    const { listener, log, logged } = createGateway({ CLIENT_API_KEYS: 'key-one' });
    const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
    expect(await statusOf(server.url, path, host)).toBe(status);
    expect(logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
    await server.close(0);
  });
});

describe('introspection', () => {
  const query = JSON.stringify({ query: '{ __schema { types { name } } }' });

  it('can be turned off, which also turns off the GraphiQL page', async () => {
    const env = { INTROSPECTION: 'false' };
    expect((await send({}, {}, { body: query })).body).toContain('GpuAvailabilityReport');
    const refused = await send(env, {}, { body: query });
    expect(refused.json().errors[0].extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    const page = await send(env, { accept: 'text/html' }, { method: 'GET', body: null });
    expect(page.headers.get('content-type') ?? '').not.toContain('text/html');
  });

  it('by a federation gateway requires a client key if the gateway has client keys', async () => {
    const body = JSON.stringify({ query: '{ _service { sdl } }' });
    const env = { INTROSPECTION: 'false', CLIENT_API_KEYS: 'key-one' };
    expect((await send(env, {}, { body })).status).toBe(401);
    expect((await send(env, { authorization: 'Bearer key-one' }, { body })).body).toContain('@key');
  });
});

describe('responses', () => {
  it('with JSON forbid content sniffing and frames', async () => {
    const { headers } = await send({}, {}, { body: JSON.stringify({ query: '{ upstream { source } }' }) });
    expect(headers.get('content-type')).toContain('json');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  it.each(['/graphql', '/health', '/nowhere', '/'])(
    'from %s forbid content sniffing, frames and referrers',
    async (path) => {
      const { handler } = createGateway();
      const { headers } = await handler.fetch(`http://gateway.invalid${path}`, { headers: { accept: 'text/html' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    },
  );
});

describe('a client that sends too many requests', () => {
  it('is recognised by its address and refused; only a trusted proxy can report that address', async () => {
    const { listener, log } = createGateway({ RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: 'loopback' });
    const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
    const ask = async (forwardedFor: string) => {
      const headers = { ...JSON_TYPE, 'x-forwarded-for': forwardedFor };
      return fetch(`${server.url}/graphql`, { method: 'POST', headers, body: QUERY });
    };
    for (let count = 0; count < 3; count += 1) expect((await ask('10.0.0.1')).status).toBe(200);
    const refused = await ask('10.0.0.1');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
    expect((await ask('10.0.0.9, 10.0.0.1')).status).toBe(429);
    expect((await ask('10.0.0.2')).status).toBe(200);
    await server.close(0);
  });
});

describe('a client with wrong keys', () => {
  it('is limited by its address, while a client with a valid key is limited by that key, however the header is spelled', async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '2', TRUST_PROXY: 'loopback', CLIENT_API_KEYS: 'key-one,key-two' };
    const { listener, log } = createGateway(env);
    const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
    const ask = async (authorization: string) => {
      const headers = { ...JSON_TYPE, authorization, 'x-forwarded-for': '10.0.0.1' };
      return (await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: QUERY })).status;
    };
    for (const [authorization, status] of [
      ['Bearer wrong-1', 401],
      ['Bearer wrong-2', 401],
      ['Bearer wrong-3', 429],
      ['Bearer key-one', 200],
      ['bearer  key-one', 200],
      ['BEARER key-one', 429],
      ['Bearer key-two', 200],
    ] as const) {
      expect([authorization, await ask(authorization)]).toEqual([authorization, status]);
    }
    await server.close(0);
  });
});

describe('a client that sends a flood of headers', () => {
  it.each([
    ['one long header', { 'x-long': 'x'.repeat(20_000) }],
    ['many headers', Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x-${index}`, 'x']))],
  ])('is refused if it sends %s', async (_what, flood) => {
    const { listener, log } = createGateway();
    const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...flood },
      body: QUERY,
    });
    expect(response.status).toBe(431);
    await server.close(0);
  });
});

describe('a client that sends too slowly', () => {
  it('has its connection closed', { timeout: 20_000 }, async () => {
    const { listener, log } = createGateway();
    const server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
    const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /graphql HTTP/1.1\r\nHost: x\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /);
    await server.close(0);
  });
});
