import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FinishedResponses } from '../src/fast-path/finished-responses.ts';
import { NOT_KEPT } from '../src/http/cache-control.ts';
import { createCompression } from '../src/http/compression.ts';
import { requestDetailsOf, setRequestDetails } from '../src/http/request-details.ts';
import type { Holding } from '../src/loaders/validity.ts';
import { dataCenterOf } from './support/list-rows.ts';
import { createOperations } from './support/operations-in-memory.ts';

/** The response of Yoga to each request, and the state that determines whether a response may be sent without Yoga. */
const USUAL = {
  status: 200,
  headers: { 'Content-Type': 'application/json', ETag: 'W/"1"', 'Last-Modified': 'then' } as Record<string, string>,
  body: '{"data":{"gpuAvailability":{"totalCount":200}}}',
  hasErrors: false,
  holding: {
    freshUntil: 1000,
    newestObservedAt: null,
    sources: { lists: new Set(), observations: new Map() },
  } as Holding | null,
  maxBytes: Number.POSITIVE_INFINITY,
  mayMakeLarge: true,
  cacheControl: 'public',
};

interface Context {
  readonly req: IncomingMessage;
  readonly params: { readonly query: string; readonly operationName?: string };
}

/** Starts a server whose finished responses are sent without Yoga. A listener that executes nothing takes the place of Yoga. */
async function start(rest: Partial<typeof USUAL> = {}) {
  const state = { ...USUAL, ...rest };
  const dataCenters = Array.from({ length: 100 }, (_none, index) => dataCenterOf(`DC-${index}`));
  const { operations } = createOperations({ dataCenters });
  const answered: (readonly [number, boolean])[] = [];
  const seen = { byYoga: 0, freshUntil: [] as number[], operationName: undefined as string | undefined };
  const responses = new FinishedResponses<Context>({
    // If the time were 0, the timers of lru-cache would run every millisecond: lru-cache takes 0 for a time that is not set.
    now: () => 1,
    version: () => 0,
    areCurrent: () => true,
    holdingOf: () => state.holding,
    knownOperations: operations,
    maxBytesFor: () => state.maxBytes,
    mayMakeLarge: () => state.mayMakeLarge,
    onAnswer: (status, isFromStore) => answered.push([status, isFromStore]),
    cacheControl(freshUntil) {
      seen.freshUntil.push(freshUntil);
      return state.cacheControl;
    },
    compression: createCompression(),
    quotaLinesOf: () => [],
    onWritten: (request) => {
      seen.operationName = requestDetailsOf(request).operationName;
    },
  });
  let body = '';
  const yoga = (req: IncomingMessage, response: ServerResponse) => {
    seen.byYoga += 1;
    setRequestDetails(req, { operationName: 'Named' });
    const result = { data: {}, ...(state.hasErrors && { errors: [{}] }) };
    const params = body === '' ? { query: '{ a }' } : JSON.parse(body);
    const hook = responses.plugin.onExecutionResult as unknown as (event: object) => void;
    hook({ result, context: { req, params } });
    response.writeHead(state.status, state.headers).end(state.status === 304 ? undefined : state.body);
  };
  const answer = responses.before(yoga, () => {});
  const server = createServer(async (request, response) => {
    body = '';
    for await (const part of request) body += String(part);
    answer(request, response, request.method === 'POST' ? Buffer.from(body) : null);
  }).listen(0);
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const send = async (init: RequestInit) => {
    const response = await fetch(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return {
    state,
    seen,
    answered,
    get: (headers: Record<string, string> = {}) => send({ headers }),
    post: (sent: object = { query: COUNT }, headers: Record<string, string> = {}) =>
      send({ method: 'POST', headers, body: JSON.stringify(sent) }),
  };
}

const COUNT = '{ gpuAvailability { totalCount } }';

describe('a response of Yoga', () => {
  it('is sent again without Yoga, with its headers and its details', async () => {
    const { get, seen, answered } = await start();
    const first = await get();
    const again = await get();
    expect([seen.byYoga, answered]).toEqual([1, [[200, true]]]);
    expect([again.status, again.text]).toEqual([200, first.text]);
    const { headers } = again;
    expect(['content-type', 'etag', 'last-modified', 'cache-control'].map((name) => headers.get(name))).toEqual([
      'application/json',
      'W/"1"',
      'then',
      'public',
    ]);
    expect([seen.operationName, seen.freshUntil]).toEqual(['Named', [1000]]);
  });

  it.each<[string, Partial<typeof USUAL>]>([
    ['its execution has errors', { hasErrors: true }],
    ['it may change at any moment', { holding: null }],
    ['its status is not 200', { status: 500 }],
    ['it is not JSON', { headers: { 'content-type': 'text/event-stream' } }],
    ['it has no content type', { headers: {} }],
    ['its data cannot be checked later', { holding: { freshUntil: 1000, newestObservedAt: null, sources: null } }],
    ['its data is no longer fresh', { holding: { ...(USUAL.holding as Holding), freshUntil: 0 } }],
    ['the client has no room for it', { maxBytes: USUAL.body.length - 1 }],
  ])('is not sent again if %s', async (_what, rest) => {
    const { get, seen, answered } = await start(rest);
    await get();
    await get();
    expect([seen.byYoga, answered]).toEqual([2, []]);
  });

  it('is sent again if the client has just enough room for it', async () => {
    const { get, answered } = await start({ maxBytes: USUAL.body.length });
    await get();
    await get();
    expect(answered).toEqual([[200, true]]);
  });

  it.each<[string, Record<string, string>]>([
    ['ETag', { 'if-none-match': 'W/"1"' }],
    ['date', { 'if-modified-since': 'then' }],
  ])('has status 304 for a client that sends its %s, unless it must not be kept', async (_what, condition) => {
    const { get, state, answered, seen } = await start();
    await get();
    const unchanged = await get(condition);
    expect([unchanged.status, unchanged.text, unchanged.headers.get('etag')]).toEqual([304, '', 'W/"1"']);
    expect(unchanged.headers.get('cache-control')).toBe('public');
    state.cacheControl = NOT_KEPT;
    expect((await get(condition)).status).toBe(200);
    expect([answered, seen.byYoga]).toEqual([
      [
        [304, true],
        [200, true],
      ],
      1,
    ]);
  });

  it('is not sent again in full if only its 304 is known', async () => {
    const { get, state, answered, seen } = await start({ status: 304 });
    await get();
    expect((await get({ 'if-none-match': 'W/"1"' })).status).toBe(304);
    expect(answered).toEqual([[304, true]]);
    state.status = 200;
    expect((await get()).text).toBe(USUAL.body);
    expect(seen.byYoga).toBe(2);
  });
});

describe('an operation that Yoga has executed', () => {
  const other = (count: number) => ({ query: COUNT, variables: { count } });

  it('is executed without Yoga for other requests, and stored at the second request with the same body', async () => {
    const { post, seen, answered } = await start();
    const { text } = await post(other(1));
    for (let times = 0; times < 3; times += 1) expect((await post(other(2))).text).toBe(text);
    expect([seen.byYoga, answered]).toEqual([
      1,
      [
        [200, false],
        [200, false],
        [200, true],
      ],
    ]);
    expect(seen.operationName).toBe('Named');
    // The data in memory was observed when the clock showed 5 s, and is fresh for a minute.
    expect(seen.freshUntil).toEqual([65_000, 65_000, 65_000]);
  });

  it('has the headers of the response of Yoga to a request with the same headers', async () => {
    const { post } = await start();
    await post(other(1), { accept: 'a' });
    const { headers } = await post(other(2), { accept: 'a' });
    expect(headers.get('content-type')).toBe('application/json');
  });

  it('is left to Yoga if Yoga has executed only another operation of its document', async () => {
    const { post, seen } = await start();
    const query = `query A ${COUNT} query B { gpuAvailability { nodes { id } } }`;
    await post({ query, operationName: 'A' });
    await post({ query, operationName: 'B' });
    await post({ query, operationName: 'A', variables: {} });
    await post({ query, operationName: 'B', variables: {} });
    expect(seen.byYoga).toBe(2);
  });

  it.each<[string, Record<string, string>]>([
    ['another key', { authorization: 'Bearer other' }],
    ['another content type', { accept: 'text/html' }],
  ])('is left to Yoga for a client with %s', async (_what, headers) => {
    const { post, seen } = await start();
    await post(other(1));
    await post(other(2), headers);
    expect(seen.byYoga).toBe(2);
  });

  it('is left to Yoga for as long as the headers of the client are too long to remember', async () => {
    const { post, seen } = await start();
    const lengthened = (length: number) => ({ accept: 'a'.repeat(length) });
    for (const count of [1, 2, 3]) await post(other(count), lengthened(2001));
    expect(seen.byYoga).toBe(3);
    for (const count of [1, 2, 3]) await post(other(count), lengthened(1900));
    expect(seen.byYoga).toBe(4);
  });

  it('is left to Yoga if its execution had errors', async () => {
    const { post, seen } = await start({ hasErrors: true });
    await post(other(1));
    await post(other(2));
    expect(seen.byYoga).toBe(2);
  });

  it('is left to Yoga if its response could exceed the limit of the client, or be large while no large one may be created', async () => {
    const { post, seen, state } = await start();
    const large = (count: number) => ({
      query: `{ gpuAvailability { nodes { ${Array.from({ length: 100 }, (_none, index) => `alias_of_the_id_${index}: id`).join(' ')} } } }`,
      variables: { count },
    });
    await post(large(1));
    await post(large(2));
    expect(seen.byYoga).toBe(1);
    state.mayMakeLarge = false;
    await post(large(3));
    expect(seen.byYoga).toBe(2);
    await post(other(1));
    await post(other(2));
    expect(seen.byYoga).toBe(3);
    state.maxBytes = 10;
    await post(other(3));
    expect(seen.byYoga).toBe(4);
  });
});
