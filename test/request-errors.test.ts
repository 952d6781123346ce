import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';

const QUERY = '{ gpuAvailability { totalCount } }';
const BODY = JSON.stringify({ query: QUERY });
const TYPES = ['application/json', 'application/graphql-response+json'] as const;

let server: RunningServer;
beforeAll(async () => {
  const { listener, log } = createGateway();
  server = await startServer(listener, { host: '127.0.0.1', port: 0, log });
});
afterAll(() => server.close(0));

async function send(init: RequestInit, search = '') {
  const response = await fetch(`${server.url}/graphql${search}`, init);
  const { status, headers } = response;
  return { status, headers, type: headers.get('content-type')?.split(';', 1)[0], answer: await response.json() };
}

const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  send({ method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

/** Returns the body of a response that has one error with this message and nothing else. */
const refusal = (message: unknown) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });

describe('a request that is not well-formed', () => {
  it.each([
    ['{}', 'Send an operation as "query", or the id of a persisted one as "documentId".'],
    ['{"qeury":"{ a }"}', '"qeury" is not a known parameter. Did you mean "query"?'],
    ['{"Query":"{ a }"}', '"Query" is not a known parameter. Did you mean "query"?'],
    [
      '{"query":"{ a }","foo":1}',
      '"foo" is not a known parameter. The known parameters are query, documentId, operationName, variables, extensions.',
    ],
    ['{"__proto__":{"query":"{ a }"}}', expect.stringMatching(/^"__proto__" is not a known parameter/)],
    [`{"${'x'.repeat(5000)}":1}`, expect.stringMatching(/^"x{100}…" is not a known parameter/)],
    ['{"query":0}', '"query" must be a string, but is a number.'],
    ['{"query":""}', 'The operation in "query" is empty.'],
    ['{"query":{}}', '"query" must be a string, but is an object.'],
    ['{"documentId":7}', '"documentId" must be a string, but is a number.'],
    ['{"query":"{ a }","variables":"x"}', '"variables" must be an object, but is a string.'],
    ['{"query":"{ a }","variables":[7]}', '"variables" must be an object, but is an array.'],
    ['{"query":"{ a }","operationName":true}', '"operationName" must be a string, but is a boolean.'],
    ['{"query":"{ a }","extensions":"x"}', '"extensions" must be an object, but is a string.'],
    ['[{"query":"{ a }"}]', 'The body is an array. Send one operation in each request, as an object.'],
    ['"{ a }"', 'The body must be a JSON object, but is a string.'],
    ['null', 'The body must be a JSON object, but is null.'],
    ['{"query":"secret', 'The body is not valid JSON.'],
    ['', 'The body is empty. Send a JSON object with an operation as "query".'],
  ])('gets 400 and a reason: %s', async (body, message) => {
    for (const accept of TYPES) {
      expect(await post(body, { accept })).toMatchObject({ status: 400, type: accept, answer: refusal(message) });
    }
  });

  it.each([
    ['?variables={', '"variables" is not valid JSON.'],
    ['?query={__typename}&extensions=7', '"extensions" must be an object, but is a number.'],
    ['?query=', 'Send an operation as "query", or the id of a persisted one as "documentId".'],
  ])('gets 400 and a reason if it is sent by GET: %s', async (search, message) => {
    for (const accept of TYPES) {
      const answer = refusal(message);
      expect(await send({ headers: { accept } }, search)).toMatchObject({ status: 400, type: accept, answer });
    }
  });
});

describe('a body', () => {
  it.each(['Application/JSON', 'APPLICATION/JSON; charset=UTF-8', 'application/json ;charset=utf-8'])(
    'is read with the content type %s',
    async (type) => {
      // The first response comes from Yoga, and the second one from memory. So both are tested.
      for (let count = 0; count < 2; count += 1) {
        const { status, answer } = await post(BODY, { 'content-type': type });
        expect([status, answer.data.gpuAvailability.totalCount]).toEqual([200, 79]);
      }
    },
  );

  it.each(TYPES)('of another type gets 415 with the accepted type, in a response of type %s', async (accept) => {
    const refused = await post(BODY, { accept, 'content-type': 'application/graphql' });
    const message = 'The body of a POST must have the content-type application/json.';
    expect(refused).toMatchObject({ status: 415, type: accept, answer: refusal(message) });
    expect(refused.headers.get('accept')).toBe('application/json');
  });

  it.each(['gzip', 'br', 'gzip, identity', 'x'])('encoded as %s gets 415', async (encoding) => {
    const refused = await post(new Uint8Array(gzipSync(BODY)), { 'content-encoding': encoding });
    const message = 'The body must not be compressed. Send it without a content-encoding.';
    expect(refused).toMatchObject({ status: 415, answer: refusal(message) });
    expect(refused.headers.get('accept-encoding')).toBe('identity');
  });

  it.each(['identity', 'Identity', ''])('with the content encoding %j is read', async (encoding) => {
    expect((await post(BODY, { 'content-encoding': encoding })).status).toBe(200);
  });
});

it.each(['PATCH', 'DELETE', 'OPTIONS'])(
  'a %s request gets 405 with the allowed methods, including HEAD',
  async (method) => {
    const message = 'Only GET and POST are supported. Send a query by GET, or any operation by POST.';
    for (const accept of TYPES) {
      const refused = await send({ method, headers: { accept } });
      expect(refused).toMatchObject({ status: 405, type: accept, answer: refusal(message) });
      expect(refused.headers.get('allow')).toBe('GET, HEAD, POST');
    }
  },
);

it('a client that accepts no supported type gets 406 with the supported types', async () => {
  const { status, type, answer } = await post(BODY, { accept: 'image/png' });
  const named = expect.stringMatching(/application\/graphql-response\+json, application\/json\b/);
  expect({ status, type, answer }).toEqual({ status: 406, type: 'application/json', answer: refusal(named) });
});

it('a response to HEAD has the status and headers of GET', async () => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write('HEAD /graphql?query= HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n');
  const [head = '', ...body] = (await text(socket)).split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1.1 400 /);
  expect(body.join('')).toBe('');
});

describe('the response to an operation that fails before it runs', () => {
  it.each([
    ['that cannot be parsed', { query: '{' }],
    ['that is not valid', { query: '{ nonsense }' }],
    ['whose operationName is unknown', { query: 'query A { __typename }', operationName: 'B' }],
    ['without an operationName in a document with two', { query: 'query A { __typename } query B { __typename }' }],
    [
      'with a variable that is not valid',
      { query: 'query ($first: Int!) { gpuAvailability(first: $first) { totalCount } }' },
    ],
    [
      'that is too deep',
      { query: `{ gpuTypes ${'{ availability { nodes { gpuType '.repeat(5)} { id } ${'} } }'.repeat(5)} }` },
    ],
    ['whose hash is unknown', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }],
    ['with bad representations', { query: '{ _entities(representations: [{}]) { __typename } }' }],
    ['with a mutation', { query: 'mutation { a }' }],
  ])('has no data: an operation %s', async (_what, body) => {
    for (const accept of TYPES) {
      const { answer } = await post(JSON.stringify(body), { accept });
      expect(Object.keys(answer)).toEqual(['errors']);
    }
  });
});
