import { once } from 'node:events';
import { connect as openSocket } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';
import { afterEach, describe, expect, it } from 'vitest';
import { useStreamedResponses } from '../src/http/plugins/streamed-responses.ts';
import { type RunningServer, startServer } from '../src/http/server.ts';
import { createGateway } from './support/gateway.ts';
import { inStock, NOTHING } from './support/stock.ts';
import { openLive } from './support/subscribers.ts';

const DEFERRED = '{ gpuAvailability { nodes @stream(initialCount: 1) { stock } ... @defer { totalCount } } }';
const WHOLE = '{ gpuAvailability { totalCount } }';
const CHANGES = 'subscription { gpuAvailabilityChanged { id kind } }';
const SUBSCRIPTION_PARTS =
  'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9';

let server: RunningServer | undefined;
afterEach(async () => {
  await server?.close(0);
  server = undefined;
});

async function listen(gateway: ReturnType<typeof createGateway>): Promise<string> {
  server = await startServer(gateway.listener, { host: '127.0.0.1', port: 0, log: gateway.log });
  return `${server.url}/graphql`;
}

const post = (url: string, query: string, accept: string, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept, ...headers },
    body: JSON.stringify({ query }),
  });

/** Sends a request with exactly these headers. Returns all bytes that the gateway sends until it closes the connection. */
async function readToEnd(url: string, version: string, query: string, headers: readonly string[]): Promise<string> {
  const socket = openSocket(Number(new URL(url).port), '127.0.0.1');
  const body = JSON.stringify({ query });
  const about = ['host: gateway', 'content-type: application/json', `content-length: ${body.length}`];
  socket.write([`POST /graphql HTTP/${version}`, ...about, ...headers, '', body].join('\r\n'));
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  await once(socket, 'end');
  socket.destroy();
  return text;
}

const headOf = (text: string) => text.slice(0, text.indexOf('\r\n\r\n')).toLowerCase();

describe('a streamed response', () => {
  const TYPES = [
    ['an answer in parts', DEFERRED, 'multipart/mixed', '-----\r\n'],
    ['an answer in parts with ids', DEFERRED, 'multipart/mixed;incrementalSpec=v0.2', '-----\r\n'],
    ['an answer in parts, as events', DEFERRED, 'text/event-stream', 'event: complete\ndata:\n\n'],
    ['a whole answer in one part', WHOLE, 'multipart/mixed', '-----\r\n'],
    ['a whole answer as an event', WHOLE, 'text/event-stream', 'event: complete\ndata:\n\n'],
    ['a subscription as events', CHANGES, 'text/event-stream', 'event: complete\ndata:\n\n'],
    ['a subscription in parts', CHANGES, SUBSCRIPTION_PARTS, '\r\n--graphql--\r\n'],
  ] as const;

  it.each(TYPES)(
    'is not sent in chunks over HTTP/1.0, and its end closes the connection: %s',
    async (_what, query, accept, end) => {
      const gateway = createGateway();
      const url = await listen(gateway);
      gateway.stop();
      // An HTTP/1.0 client recognises the end of this response only by the end of the connection, so the gateway must close the connection.
      const text = await readToEnd(url, '1.0', query, [`accept: ${accept}`, 'connection: keep-alive']);
      expect(headOf(text)).toMatch(/^http\/1\.1 200 /);
      expect(headOf(text)).not.toMatch(/\r\n(transfer-encoding|connection: keep-alive)/);
      expect(text.endsWith(end)).toBe(true);
    },
  );

  it.each(TYPES)('closes the HTTP/1.1 connection if the client requests that: %s', async (_what, query, accept) => {
    const gateway = createGateway();
    const url = await listen(gateway);
    gateway.stop();
    const text = await readToEnd(url, '1.1', query, [`accept: ${accept}`, 'connection: close']);
    const head = headOf(text);
    expect(head).toMatch(/\r\nconnection: close/);
    expect(head).not.toContain('keep-alive');
    expect(/\r\ncontent-length:/.test(head) && /\r\ntransfer-encoding:/.test(head)).toBe(false);
    expect(text.endsWith('\r\n0\r\n\r\n')).toBe(true);
  });

  it.each(TYPES)('is not stored or buffered by proxies: %s', async (_what, query, accept) => {
    const gateway = createGateway();
    const url = await listen(gateway);
    gateway.stop();
    const { headers } = await post(url, query, accept);
    expect(headers.get('content-encoding')).toBeNull();
    if (query === WHOLE) return;
    expect([headers.get('cache-control'), headers.get('x-accel-buffering')]).toEqual(['no-store', 'no']);
  });

  it.each(TYPES)(
    'has the same headers for HEAD, but ends at once and leaves no stream open: %s',
    async (_what, query, accept) => {
      const gateway = createGateway();
      const url = await listen(gateway);
      const address = `${url}?query=${encodeURIComponent(query)}`;
      const head = await fetch(address, { method: 'HEAD', headers: { accept } });
      expect(head.status).toBe(200);
      expect(await head.text()).toBe('');
      const { body } = await gateway.get('/metrics');
      expect(body).toMatch(/^gpu_gateway_subscriptions 0$/m);
      expect(body).toMatch(/^gpu_gateway_large_operations 0$/m);
      const whole = await fetch(address, { headers: { accept } });
      await whole.body?.cancel();
      for (const name of ['content-type', 'cache-control', 'x-accel-buffering', 'vary']) {
        expect([name, head.headers.get(name)]).toEqual([name, whole.headers.get(name)]);
      }
    },
  );

  it.each([
    ['text/event-stream', 'text/event-stream'],
    [SUBSCRIPTION_PARTS, 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0'],
    ['multipart/mixed;subscriptionSpec="1.0"', 'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0'],
    ['text/event-stream, multipart/mixed', 'text/event-stream'],
    ['text/event-stream, multipart/mixed;subscriptionSpec=1.0', 'text/event-stream'],
    [
      'text/event-stream;q=0.5, multipart/mixed;subscriptionSpec=1.0',
      'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
    ],
    ['multipart/mixed;subscriptionSpec=2.0, text/event-stream', 'text/event-stream'],
    ['*/*', 'text/event-stream'],
  ])('of a subscription has a format that the client accepts: for %s it is %s', async (accept, type) => {
    const gateway = createGateway();
    const url = await listen(gateway);
    gateway.stop();
    expect((await post(url, CHANGES, accept)).headers.get('content-type')).toBe(type);
  });

  it.each([
    [DEFERRED, 'multipart/mixed', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
    [DEFERRED, 'multipart/mixed;deferSpec=20220824', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
    [DEFERRED, 'multipart/mixed;incrementalSpec=v0.2', 'multipart/mixed; boundary="-"; incrementalSpec=v0.2'],
    [DEFERRED, '*/*', 'multipart/mixed; boundary="-"; deferSpec=20220824'],
    [DEFERRED, 'multipart/mixed;deferSpec=2099, text/event-stream', 'text/event-stream'],
    [DEFERRED, 'multipart/mixed;subscriptionSpec=1.0, text/event-stream', 'text/event-stream'],
    [DEFERRED, 'text/event-stream, multipart/mixed;deferSpec=20220824;q=0.1', 'text/event-stream'],
    [
      DEFERRED,
      'text/event-stream;q=0.1, multipart/mixed;incrementalSpec=v0.2',
      'multipart/mixed; boundary="-"; incrementalSpec=v0.2',
    ],
    [
      'subscription { noSuchField }',
      'multipart/mixed;subscriptionSpec=1.0',
      'multipart/mixed; boundary="graphql"; subscriptionSpec=1.0',
    ],
    [WHOLE, 'multipart/mixed;incrementalSpec=v9, application/json', 'application/json; charset=utf-8'],
  ])('to %s has a format that the client accepts: for %s it is %s', async (query, accept, type) => {
    const url = await listen(createGateway());
    const response = await post(url, query, accept);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    await response.text();
  });

  it.each([
    [DEFERRED, 'multipart/mixed;incrementalSpec=v9', 'multipart/mixed;incrementalSpec=v0.2'],
    [DEFERRED, 'multipart/mixed;deferSpec=2099, application/json', 'multipart/mixed;deferSpec=20220824'],
    [CHANGES, 'multipart/mixed;subscriptionSpec=2.0, application/json', 'multipart/mixed;subscriptionSpec=1.0'],
  ])('is refused in an unsupported version: to %s in %s instead of %s', async (query, accept, supported) => {
    const gateway = createGateway();
    const url = await listen(gateway);
    const response = await post(url, query, accept);
    expect([response.status, response.headers.get('accept')]).toEqual([406, expect.stringContaining(supported)]);
    const { errors } = await response.json();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
    expect(errors[0].message).toContain(supported);
    expect((await gateway.get('/metrics')).body).toMatch(/^gpu_gateway_subscriptions 0$/m);
  });
});

describe('a 406 response to a streamed operation', () => {
  const PARTS = 'multipart/mixed;incrementalSpec=v0.2, multipart/mixed;deferSpec=20220824, text/event-stream';
  const EVENTS = 'text/event-stream, multipart/mixed;subscriptionSpec=1.0';

  it.each([
    [CHANGES, 'application/json', EVENTS],
    [CHANGES, 'multipart/mixed', EVENTS],
    [CHANGES, 'multipart/mixed;subscriptionSpec=2.0', EVENTS],
    [DEFERRED, 'application/json', PARTS],
    [DEFERRED, 'multipart/mixed;incrementalSpec=v0.3', PARTS],
  ])('lists every supported media type: to %s for %s', async (query, accept, types) => {
    const gateway = createGateway();
    const response = await post(await listen(gateway), query, accept);
    const { errors } = await response.json();
    expect([response.status, response.headers.get('accept')]).toEqual([406, types]);
    expect(errors[0].message).toContain(`Accept one of: ${types}.`);
    expect((await gateway.get('/metrics')).body).toMatch(/^gpu_gateway_subscriptions 0$/m);
  });
});

describe('a subscription over multipart', () => {
  it('has a part for each event, and the final boundary when the gateway stops', async () => {
    await using live = await openLive();
    live.runPod.stock.set('NVIDIA L4', 'EU-RO-1', NOTHING);
    const query = 'subscription { gpuAvailabilityChanged(gpuType: "L4") { kind } }';
    const response = await post(live.url, query, SUBSCRIPTION_PARTS);
    await live.subscribed(1);
    live.runPod.stock.set('NVIDIA L4', 'EU-RO-1', inStock('Low'));
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString();
      if (text.includes('APPEARED')) live.stop();
    }
    const part = '{"payload":{"data":{"gpuAvailabilityChanged":{"kind":"APPEARED"}}}}';
    expect(text).toBe(
      `\r\n--graphql\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${part}\r\n--graphql--\r\n`,
    );
  });

  it('consists of an error without a payload when the whole subscription fails', async () => {
    const url = await listen(createGateway());
    const query = 'subscription { gpuAvailabilityChanged(gpuType: "no such") { id } }';
    const response = await post(url, query, 'multipart/mixed;subscriptionSpec=1.0');
    const text = await response.text();
    expect(response.status).toBe(200);
    const { payload, errors } = JSON.parse(/\{.*\}/s.exec(text)?.[0] ?? '');
    expect(payload).toBeNull();
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0].extensions.http).toBeUndefined();
    expect(text.endsWith('\r\n--graphql--\r\n')).toBe(true);
  });

  it('sends empty parts as heartbeats', async () => {
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const typeDefs = 'type Query { id: ID } type Subscription { events: ID }';
    const schema = createSchema({ typeDefs, resolvers: { Subscription: { events: { subscribe: () => never } } } });
    const yoga = createYoga({ schema, plugins: [useStreamedResponses(5)], logging: false });
    const response = await yoga.fetch('http://gateway.invalid/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'multipart/mixed;subscriptionSpec=1.0' },
      body: '{"query":"subscription { events }"}',
    });
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString();
      if (text.split('{}').length > 3) break;
    }
    expect(text).toContain('\r\n--graphql\r\ncontent-type: application/json; charset=utf-8\r\n\r\n{}\r\n--graphql\r\n');
  });
});

describe('the single connection mode of GraphQL over SSE', () => {
  it.each([
    ['a reservation', { method: 'PUT' }],
    ['an event stream', { headers: { accept: 'text/event-stream', 'x-graphql-event-stream-token': 'a' } }],
    [
      'an operation',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-graphql-event-stream-token': 'a' },
        body: JSON.stringify({ query: WHOLE }),
      },
    ],
    ['the end of an operation', { method: 'DELETE', headers: { 'x-graphql-event-stream-token': 'a' } }],
  ])('is refused with 405 and a reason: %s', async (_what, init) => {
    const url = await listen(createGateway());
    // These requests make the gateway store a finished response to the operation. The gateway must refuse the next request nevertheless.
    for (let index = 0; index < 3; index += 1) await (await post(url, WHOLE, '*/*')).text();
    const response = await fetch(url, init);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect((await response.json()).errors[0].message).toContain('distinct connections mode only');
  });
});
