import { describe, expect, it } from 'vitest';
import { HAS_NGINX, HAS_VARNISH, startNginxCache, startVarnish } from '../support/caches/http-caches.ts';
import { startPricedWorld } from '../support/caches/priced-world.ts';
import { type Ask, readThrough, type Seen } from '../support/caches/reads.ts';
import { startApollo, startHive } from '../support/caches/routers.ts';

const QUERY = '{ gpuAvailability(gpuType: "L4") { totalCount } }';
const ORIGINS = ['https://a.example', 'https://b.example'];

/**
 * The number of milliseconds by which a row that is marked fresh may be older than the freshness time. This tolerance is necessary because
 * clocks differ and caches count whole seconds.
 */
const TOLERATED_MS = 1000;

/** The maximum number of runs. A busy machine can delay responses to a cache in some runs, but a fault of the gateway affects every run. */
const RUNS = 3;

/** The client keys that the test sends one after the other, each with the expected status of the response. */
const KEYS: [string, number][] = [
  ['one', 200],
  ['one', 200],
  ['two', 200],
  ['wrong', 401],
  ['', 401],
  ['one', 200],
];

const toGet = (url: string, query: string) => `${url}/graphql?query=${encodeURIComponent(query)}`;

const byGet =
  (url: string): Ask =>
  async (query) =>
    (await fetch(toGet(url, query), { headers: { accept: 'application/json' } })).json();

const byPost =
  (url: string): Ask =>
  async (query) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })).json();
  };

/**
 * Reads through a cache in up to `RUNS` runs, and ends after the first run without a row that is too old. Returns the result of the best
 * run.
 */
async function readUntilNothingIsOld(ask: Ask, world: Awaited<ReturnType<typeof startPricedWorld>>): Promise<Seen> {
  let best: Seen | null = null;
  for (let run = 0; run < RUNS && (best === null || best.worstMs > TOLERATED_MS); run += 1) {
    const seen = await readThrough(ask, world);
    if (best === null || seen.worstMs < best.worstMs) best = seen;
  }
  return best as Seen;
}

function expectFreshHits({ worstMs, hits, reads }: Seen): void {
  expect(worstMs).toBeLessThanOrEqual(TOLERATED_MS);
  expect(hits / reads).toBeGreaterThan(0.25);
}

describe.each([
  ['nginx', HAS_NGINX, startNginxCache],
  ['Varnish', HAS_VARNISH, startVarnish],
] as const)('behind the cache of %s', (_name, isInstalled, start) => {
  it.skipIf(!isInstalled)(
    'no client gets a row that is too old but marked fresh, and the cache has many hits',
    async () => {
      await using world = await startPricedWorld();
      await using cache = await start(world.url);
      expectFreshHits(await readUntilNothingIsOld(byGet(cache.url), world));
    },
  );

  it.skipIf(!isInstalled)('the first client after a pause gets no row that is too old but marked fresh', async () => {
    await using world = await startPricedWorld();
    await using cache = await start(world.url);
    const query = '{ gpuAvailability(gpuType: "L4", first: 1) { nodes { stale onDemandPrice { perPod } } } }';
    const read = async () => (await (await fetch(toGet(cache.url, query))).json()).data.gpuAvailability.nodes[0];
    const first = await read();
    expect(first.stale).toBe(false);
    const { perPod: price } = first.onDemandPrice;
    // Waits until the price after the one in `first` has ended too. Each price is valid for longer than a response is fresh, so the stored
    // response is certainly too old by then.
    await expect.poll(() => world.endOf(price + 1)).toBeLessThan(Date.now() + 60_000);
    const second = await read();
    expect(second.stale || second.onDemandPrice.perPod > price).toBe(true);
  });

  it.skipIf(!isInstalled)('every response has the CORS header for the origin of its request', async () => {
    await using world = await startPricedWorld({ CORS_ORIGINS: ORIGINS.join() });
    await using cache = await start(world.url);
    const before = world.requests();
    const asked = [...ORIGINS, 'https://evil.example', null];
    for (let times = 0; times < 3; times += 1) {
      for (const origin of asked) {
        const response = await fetch(toGet(cache.url, QUERY), { headers: origin === null ? {} : { origin } });
        const allowed = origin !== null && ORIGINS.includes(origin) ? origin : null;
        expect(response.headers.get('access-control-allow-origin')).toBe(allowed);
        await response.text();
      }
    }
    expect(world.requests() - before).toBeLessThan(3 * asked.length);
  });

  it.skipIf(!isInstalled)('a response to a client with a key is not stored', async () => {
    await using world = await startPricedWorld({ CLIENT_API_KEYS: 'one,two' });
    await using cache = await start(world.url);
    for (const [index, [key, status]] of KEYS.entries()) {
      const id = `request-${index}`;
      const headers = { 'x-request-id': id, ...(key !== '' && { authorization: `Bearer ${key}` }) };
      const response = await fetch(toGet(cache.url, QUERY), { headers });
      expect([response.status, response.headers.get('x-request-id')]).toEqual([status, id]);
      expect(response.headers.get('cache-control')).toMatch(status === 200 ? /^private, / : /^no-store$/);
      await response.text();
    }
  });
});

it.skipIf(!HAS_NGINX)('nginx tells its clients to revalidate a public response before they reuse it', async () => {
  await using world = await startPricedWorld();
  await using cache = await startNginxCache(world.url);
  for (let times = 0; times < 3; times += 1) {
    expect((await fetch(toGet(cache.url, QUERY))).headers.get('cache-control')).toBe('no-cache');
  }
  expect(world.requests()).toBe(1);
});

describe.each([
  ['Apollo Server', startApollo],
  ['Hive Gateway', startHive],
] as const)('behind the response cache of %s', (_name, start) => {
  it('no client gets a row that is too old but marked fresh, and the cache has many hits', async () => {
    await using world = await startPricedWorld();
    await using router = await start(world.url);
    expectFreshHits(await readUntilNothingIsOld(byPost(router.url), world));
  });

  it('a response to a client with a key is not stored', async () => {
    await using world = await startPricedWorld({ CLIENT_API_KEYS: 'one,two' });
    await using router = await start(world.url);
    for (const [key, status] of KEYS) {
      const before = world.requests();
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      const body = JSON.stringify({ query: QUERY });
      const { data } = await (await fetch(router.url, { method: 'POST', headers, body })).json();
      expect([key, data?.gpuAvailability != null]).toEqual([key, status === 200]);
      expect(world.requests() - before).toBe(1);
    }
  });
});
