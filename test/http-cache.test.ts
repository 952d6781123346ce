import { describe, expect, it } from 'vitest';
import { openBoth, quiet } from './support/both-apis.ts';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { connect, createGateway } from './support/gateway.ts';

const L4 = '{ gpuAvailability(gpuType: "L4") { nodes { dataCenter { id } stock } } }';
const L4_WITH_TIME = '{ gpuAvailability(gpuType: "L4") { nodes { stock observedAt } freshness { observedAt } } }';

/** The `cache-control` of a response that contains data but must not be stored by caches. */
const NOT_KEPT = 'no-store, max-age=0';

type Gateway = ReturnType<typeof createGateway>;

/** Sends a GET, as an HTTP cache does. */
async function get({ handler }: Gateway, query: string, headers: Record<string, string> = {}) {
  const url = `http://gateway.invalid/graphql?query=${encodeURIComponent(query)}`;
  return read(await handler.fetch(url, { headers: { accept: 'application/json', ...headers } }));
}

/** Sends a POST, as the router of a supergraph does. */
async function post({ handler }: Gateway, query: string) {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query });
  return read(await handler.fetch('http://gateway.invalid/graphql', { method: 'POST', headers, body }));
}

async function read(response: Response) {
  const header = (name: string) => response.headers.get(name) ?? '';
  const seconds = Number(/max-age=(\d+)/.exec(header('cache-control'))?.[1] ?? -1);
  return { status: response.status, body: await response.text(), tag: header('etag'), seconds, header };
}

describe('a response to GET', () => {
  it('may be stored while it is fresh', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    const first = await get(gateway, L4_WITH_TIME);
    expect(first.header('cache-control')).toMatch(/^public, max-age=\d+, must-revalidate$/);
    expect(first.seconds).toBeGreaterThan(50);
    expect(first.seconds).toBeLessThanOrEqual(60);
    expect(first.header('vary')).toMatch(/\baccept\b/i);
    gateway.passSeconds(45);
    const later = await get(gateway, L4_WITH_TIME);
    expect(later.tag).toBe(first.tag);
    expect(later.seconds).toBeLessThanOrEqual(15);
  });

  it('has the same ETag for the same content, and a different ETag for different content', async () => {
    const gateway = createGateway();
    const tags = [L4, L4, L4_WITH_TIME].map(async (query) => (await get(gateway, query)).tag);
    const [first, again, other] = await Promise.all(tags);
    expect(first).toMatch(/^W\/"[\w-]+"$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect((await get(createGateway(), L4)).tag).toBe(first);
  });

  it('with data of the recording has status 304 if the client sends back its Last-Modified without an ETag', async () => {
    const gateway = createGateway();
    const first = await get(gateway, L4_WITH_TIME);
    const { observedAt } = JSON.parse(first.body).data.gpuAvailability.freshness;
    expect(first.header('last-modified')).toBe(new Date(observedAt).toUTCString());
    const since = { 'if-modified-since': first.header('last-modified') };
    const again = await get(gateway, L4_WITH_TIME, since);
    expect([again.status, again.body, again.header('last-modified')]).toEqual([304, '', first.header('last-modified')]);
    expect((await get(gateway, L4_WITH_TIME, { ...since, 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is sent in full if spot prices have arrived since the stock was observed', async () => {
    await using both = await openBoth();
    const query =
      '{ gpuAvailability(gpuType: "NVIDIA L4", first: 1) { nodes { spotPrice { perGpu } availableGpuCounts observedAt } } }';
    await both.gateway.ask('{ gpuTypes { id } dataCenters { id } }');
    const first = await get(both.gateway, query);
    await quiet(both);
    const { observedAt } = JSON.parse(first.body).data.gpuAvailability.nodes[0];
    const second = await get(both.gateway, query, { 'if-modified-since': new Date(observedAt).toUTCString() });
    expect(second.body).toContain(observedAt);
    expect(second.body).not.toBe(first.body);
    expect([first, second].map(({ status, header }) => [status, header('last-modified')])).toEqual([
      [200, ''],
      [200, ''],
    ]);
  });

  it('must not be stored and never has status 304 in the last second of its freshness', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { FRESH_SECONDS: '60' });
    const { tag } = await get(gateway, L4);
    gateway.passSeconds(59.01);
    const last = await get(gateway, L4, { 'if-none-match': tag });
    expect([last.status, last.header('cache-control')]).toEqual([200, NOT_KEPT]);
  });

  it('has status 304, the same headers and no body for a client that already has it', async () => {
    const gateway = createGateway();
    const { tag, header } = await get(gateway, L4);
    for (const known of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
      const again = await get(gateway, L4, { 'if-none-match': known });
      expect([again.status, again.body, again.tag]).toEqual([304, '', tag]);
      const names = ['cache-control', 'vary', 'x-content-type-options', 'x-frame-options', 'referrer-policy'];
      expect(names.map(again.header)).toEqual(names.map(header));
    }
    expect((await get(gateway, L4, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('has another ETag if, and only if, its data has changed', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    const first = await get(gateway, L4);
    gateway.passSeconds(61);
    await get(gateway, L4);
    await expect.poll(async () => (await get(gateway, L4)).seconds).toBeGreaterThan(0);
    expect((await get(gateway, L4, { 'if-none-match': first.tag })).status).toBe(304);
    runPod.fail(({ operationName }) => {
      if (operationName !== 'LowestPrices') return undefined;
      return (response, good) => response.end(good.replaceAll('"Low"', '"High"'));
    });
    gateway.passSeconds(61);
    await get(gateway, L4);
    await expect.poll(async () => (await get(gateway, L4)).body).toContain('HIGH');
    expect((await get(gateway, L4, { 'if-none-match': first.tag })).status).toBe(200);
  });
});

describe('a response to POST', () => {
  it.each([
    ['has rows', L4],
    ['lists GPU types', '{ gpuTypes { id } }'],
    ['has entities', '{ _entities(representations: [{ __typename: "GpuType", id: "NVIDIA L4" }]) { __typename } }'],
    [
      'has rows of entities',
      '{ _entities(representations: [{ __typename: "GpuType", id: "NVIDIA L4" }]) { ... on GpuType { availability { totalCount } } } }',
    ],
  ])('that %s may be stored as long as the same response to GET, and has no ETag', async (_what, query) => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    // The query `L4` makes the gateway load the lists of GPU types and data centers into memory.
    await post(gateway, L4);
    await post(gateway, query);
    gateway.passSeconds(15);
    const [posted, got] = [await post(gateway, query), await get(gateway, query)];
    expect(posted.header('cache-control')).toMatch(/^public, max-age=[1-9]\d*, must-revalidate$/);
    expect(posted.seconds - got.seconds).toBeOneOf([0, 1]);
    expect([posted.tag, posted.header('last-modified')]).toEqual(['', '']);
  });

  it('may be stored if all of its cells are fresh, but not if a cell is failed or stale', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0' });
    expect((await post(gateway, L4)).seconds).toBeGreaterThan(0);
    runPod.fail(() => FAULTS['HTTP 500'][0]);
    expect((await post(gateway, '{ gpuAvailability { totalCount } }')).header('cache-control')).toBe(NOT_KEPT);
    gateway.passSeconds(61);
    expect((await post(gateway, L4)).header('cache-control')).toBe(NOT_KEPT);
  });
});

describe('a response that must not be stored', () => {
  it.each([
    ['has errors', 'no-store', '{ gpuAvailability(gpuCount: 17) { totalCount } }'],
    ['reports an invalid operation', 'no-store', '{ nothing }'],
    ['reports the current health', NOT_KEPT, `{ upstream { health } gpuTypes { id } }`],
    ['names the source', NOT_KEPT, `{ upstream { source } gpuAvailability { totalCount } }`],
    ['is about the schema', NOT_KEPT, '{ __schema { queryType { name } } }'],
    ['is the schema of the subgraph', NOT_KEPT, '{ _service { sdl } }'],
    ['has no data from RunPod', NOT_KEPT, '{ __typename }'],
  ])('because it %s has the Cache-Control %s', async (_why, control, query) => {
    const gateway = createGateway();
    const { header, tag } = await get(gateway, query);
    expect([header('cache-control'), tag]).toEqual([control, '']);
    expect((await post(gateway, query)).header('cache-control')).toBe(control);
  });

  it('because it is stale or incomplete has the Cache-Control no-store, and never has status 304', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0' });
    const { tag } = await get(gateway, L4);
    runPod.fail(() => FAULTS.silence[0]);
    gateway.passSeconds(61);
    const stale = await get(gateway, L4, { 'if-none-match': tag });
    expect([stale.status, stale.header('cache-control')]).toEqual([200, NOT_KEPT]);
    runPod.fail(() => FAULTS['HTTP 500'][0]);
    const lacking = await get(connect(runPod.url, { UPSTREAM_RETRIES: '0' }), L4);
    expect(lacking.header('cache-control')).toBe('no-store');
  });
});

describe('a response of a gateway with client keys', () => {
  it('may be stored only by the cache of its client, and is not sent for an ETag without a key', async () => {
    const gateway = createGateway({ CLIENT_API_KEYS: 'key-one' });
    const { tag, header } = await get(gateway, L4, { authorization: 'Bearer key-one' });
    expect(header('cache-control')).toMatch(/^private, max-age=\d+, s-maxage=0, must-revalidate$/);
    expect((await get(gateway, L4, { 'if-none-match': tag })).status).toBe(401);
  });
});
