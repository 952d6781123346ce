import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../src/http/server.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect, createGateway } from './support/gateway.ts';
import { createAnswer, readParts } from './support/parts.ts';

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly unknown[] | undefined;
}

/** Sends a query to the gateway at `url` over one of the transports. */
type Ask = (url: string, query: string) => Promise<Answer>;

const post = (url: string, query: string, accept = 'application/json') =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  });

const overGet: Ask = async (url, query) => {
  const response = await fetch(`${url}?query=${encodeURIComponent(query)}`);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return response.json();
};

const overWebSocket: Ask = (url, query) => {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  return new Promise((resolve, reject) => {
    client.subscribe({ query }, { next: (result) => resolve(result as Answer), error: reject, complete() {} });
  });
};

/** Sends the query with all fields except `upstream` deferred, and merges the parts of the response. */
const inParts: Ask = async (url, query) => {
  const deferred = query
    .replace('upstream { health }', '')
    .replace(/^\{(.*)\}$/s, '{ upstream { health } ... @defer {$1} }');
  const answer = createAnswer();
  const errors: unknown[] = [];
  for await (const payload of readParts(await post(url, deferred, 'multipart/mixed'))) {
    answer.add(payload);
    errors.push(...(payload.errors ?? []), ...(payload.incremental ?? []).flatMap((part) => part.errors ?? []));
  }
  return { data: answer.data(), errors };
};

const TRANSPORTS: readonly (readonly [string, Ask])[] = [
  ['POST', async (url, query) => (await post(url, query)).json()],
  ['GET', overGet],
  ['a WebSocket', overWebSocket],
  ['POST with @defer', inParts],
];

async function listen(gateway: ReturnType<typeof createGateway>) {
  const { listener, log, webSockets } = gateway;
  const server = await startServer(listener, { host: '127.0.0.1', port: 0, log, webSockets });
  return { url: `${server.url}/graphql`, [Symbol.asyncDispose]: () => server.close(0) };
}

describe.each(TRANSPORTS)('over %s, a field that fails', (_name, ask) => {
  it.each([
    ['gpuAvailability(gpuType: "nope") { totalCount }', { gpuAvailability: null }, 'gpuAvailability'],
    ['gpuTypes(minMemoryGb: -1) { id }', { gpuTypes: null }, 'gpuTypes'],
  ])('is null, and the other fields have their data: %s', async (field, expected, path) => {
    await using server = await listen(createGateway());
    const { data, errors } = await ask(server.url, `{ ${field} upstream { health } dataCenter(id: "EU-RO-1") { id } }`);
    expect(data).toEqual({ ...expected, upstream: { health: 'UP' }, dataCenter: { id: 'EU-RO-1' } });
    expect(errors).toMatchObject([{ path: [path], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('is null inside its GPU type or data center', async () => {
    await using server = await listen(createGateway());
    const { data, errors } = await ask(
      server.url,
      `{ upstream { health } gpuType(id: "NVIDIA L4") { id availability(gpuCount: 99) { totalCount } }
        dataCenter(id: "EU-RO-1") { id availability(first: 0) { totalCount } } }`,
    );
    expect(data).toEqual({
      upstream: { health: 'UP' },
      gpuType: { id: 'NVIDIA L4', availability: null },
      dataCenter: { id: 'EU-RO-1', availability: null },
    });
    const failed = (path: string[]) =>
      expect.objectContaining({ path, extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) });
    expect(errors).toHaveLength(2);
    expect(errors).toContainEqual(failed(['gpuType', 'availability']));
    expect(errors).toContainEqual(failed(['dataCenter', 'availability']));
  });

  it('leaves the health of the source readable if RunPod cannot be reached', async () => {
    await using runPod = await startFakeRunPod(() => answerWith(500, ''));
    await using server = await listen(connect(runPod.url, { UPSTREAM_RETRIES: '0' }));
    const query = `{ upstream { health } gpuAvailability { totalCount } gpuTypes { id } gpuType(id: "x") { id }
      dataCenters { id } dataCenter(id: "x") { id } }`;
    const { data, errors } = await ask(server.url, query);
    const nothing = { gpuAvailability: null, gpuTypes: null, gpuType: null, dataCenters: null, dataCenter: null };
    expect(data).toEqual({ ...nothing, upstream: { health: expect.stringMatching(/^(DEGRADED|DOWN|UP)$/) } });
    const one = { extensions: { code: 'UPSTREAM_UNAVAILABLE' } };
    expect(errors).toMatchObject(Object.keys(nothing).map(() => one));
  });
});
