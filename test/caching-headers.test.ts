import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

const QUERY = '{ gpuAvailability(gpuType: "L4") { totalCount } }';
const JSON_TYPE = { 'content-type': 'application/json' };
const KEY = { authorization: 'Bearer key-one' };
const ORIGIN = { origin: 'https://app.example' };

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const GET = `/graphql?query=${encodeURIComponent(QUERY)}`;
const post = (body: string, headers: Record<string, string> = {}): Asked => ({
  method: 'POST',
  headers: { ...JSON_TYPE, ...headers },
  body,
});
const DEFERRED = JSON.stringify({ query: `{ ... @defer ${QUERY} __typename }` });

/** Requests whose responses must not be stored by caches. Each entry has a description, the expected status, and the request. */
const NOT_STORED: [string, number, Asked][] = [
  ['a parse error', 400, post('{"query":"{"}', { accept: 'application/graphql-response+json' })],
  ['a body that is not JSON', 400, post('{')],
  ['variables that are not JSON', 400, { path: `${GET}&variables=x` }],
  ['a missing key', 401, { path: GET, headers: { authorization: '' } }],
  ['a method that is not allowed', 405, { method: 'PUT' }],
  ['unsupported types in the accept header', 406, { path: GET, headers: { accept: 'image/png' } }],
  ['a body that is too long', 413, post(' '.repeat(1_000_001))],
  ['a body of another type', 415, post('x', { 'content-type': 'text/plain' })],
  ['a preflight', 204, { method: 'OPTIONS', headers: { ...ORIGIN, 'access-control-request-method': 'POST' } }],
  ['a query with @defer', 200, post(DEFERRED, { accept: 'multipart/mixed' })],
  ['a query for server-sent events', 200, { path: GET, headers: { accept: 'text/event-stream' } }],
  ['/health', 200, { path: '/health' }],
  ['/ready', 200, { path: '/ready' }],
  ['/metrics', 200, { path: '/metrics' }],
  ['an unknown path', 404, { path: '/graphql/' }],
];

describe('the headers for caches and browsers', () => {
  let server: RunningServer;
  beforeAll(async () => {
    const { listener, log } = createGateway({ CLIENT_API_KEYS: 'key-one', CORS_ORIGINS: ORIGIN.origin });
    server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
  });
  afterAll(() => server.close(0));

  async function ask({ path = '/graphql', method = 'GET', headers = {}, body }: Asked) {
    const asked = request(`${server.url}${path}`, { method, headers: { ...KEY, ...headers } });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      asked.once('response', resolve).once('error', reject);
    });
    asked.end(body);
    const response = await answered;
    response.resume();
    const lines = (name: string) =>
      response.rawHeaders.filter(
        (_value, index) => response.rawHeaders[index - 1]?.toLowerCase() === name && index % 2,
      );
    return { status: response.statusCode, lines };
  }

  it.each(NOT_STORED)('forbid caches to store the response to %s (%d)', async (_what, status, asked) => {
    const response = await ask(asked);
    expect(response.status).toBe(status);
    expect(response.lines('cache-control')).toEqual(['no-store']);
  });

  it.each<[string, Asked]>([
    ['GET', { path: GET }],
    ['GET from an allowed origin', { path: GET, headers: ORIGIN }],
    ['GET from another origin', { path: GET, headers: { origin: 'https://evil.example' } }],
    ['GET by a browser', { path: '/graphql', headers: { accept: 'text/html' } }],
    ['an ETag', { path: GET, headers: { 'if-none-match': '*' } }],
    ['POST', post(JSON.stringify({ query: QUERY }))],
    ['POST from an allowed origin', post(JSON.stringify({ query: QUERY }), ORIGIN)],
    ['no key', { path: GET, headers: { authorization: '' } }],
    ['a body that is too long', post(' '.repeat(1_000_001), ORIGIN)],
  ])('list each request header that the response depends on once, all in one line: %s', async (_what, asked) => {
    // The first response comes from Yoga, and the later responses come from memory. All of them must have the same header.
    for (let times = 0; times < 3; times += 1) {
      const { lines } = await ask(asked);
      expect(lines('vary')).toEqual(['Accept, Accept-Encoding, Authorization, Origin']);
    }
  });

  it('let a page of an allowed origin read why its request was refused', async () => {
    const { status, lines } = await ask(post(' '.repeat(1_000_001), ORIGIN));
    expect(status).toBe(413);
    expect(lines('access-control-allow-origin')).toEqual([ORIGIN.origin]);
    expect(lines('x-content-type-options')).toEqual(['nosniff']);
  });

  it('include a single Vary line in a response to a preflight, with the request headers that the response depends on', async () => {
    const headers = {
      ...ORIGIN,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const { lines } = await ask({ method: 'OPTIONS', headers });
    expect(lines('vary')).toHaveLength(1);
    expect(String(lines('vary')[0]).split(', ').slice(0, 4)).toEqual([
      'Accept',
      'Accept-Encoding',
      'Authorization',
      'Origin',
    ]);
  });

  it('list neither Authorization nor Origin if there are no keys and no allowed origins', async () => {
    const { handler } = createGateway();
    const response = await handler.fetch(`http://gateway.invalid${GET}`);
    expect(response.headers.get('vary')).toBe('Accept, Accept-Encoding');
  });
});
