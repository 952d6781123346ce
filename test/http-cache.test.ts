import { describe, expect, it } from 'vitest';
import { startFakeRunPod } from './support/fake-runpod.ts';
import { FAULTS } from './support/faults.ts';
import { connect, createGateway } from './support/gateway.ts';

const L4 = '{ gpuAvailability(gpuType: "L4") { nodes { dataCenter { id } stock } } }';
const L4_WITH_TIME = '{ gpuAvailability(gpuType: "L4") { nodes { stock observedAt } freshness { observedAt } } }';

type Gateway = ReturnType<typeof createGateway>;

/** Asks by GET, as an HTTP cache would. */
async function get({ handler }: Gateway, query: string, headers: Record<string, string> = {}) {
  const url = `http://gateway.invalid/graphql?query=${encodeURIComponent(query)}`;
  const response = await handler.fetch(url, { headers: { accept: 'application/json', ...headers } });
  const header = (name: string) => response.headers.get(name) ?? '';
  const seconds = Number(/max-age=(\d+)/.exec(header('cache-control'))?.[1] ?? -1);
  return { status: response.status, body: await response.text(), tag: header('etag'), seconds, header };
}

describe('an answer to GET', () => {
  it('may be kept for as long as it is fresh, and tells when it was observed', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url);
    const first = await get(gateway, L4_WITH_TIME);
    expect(first.header('cache-control')).toMatch(/^public, max-age=\d+, stale-if-error=3600$/);
    expect(first.seconds).toBeGreaterThan(50);
    expect(first.seconds).toBeLessThanOrEqual(60);
    const { observedAt } = JSON.parse(first.body).data.gpuAvailability.freshness;
    expect(first.header('last-modified')).toBe(new Date(observedAt).toUTCString());
    expect(first.header('vary')).toMatch(/\baccept\b/i);
    gateway.passSeconds(45);
    const later = await get(gateway, L4_WITH_TIME);
    expect(later.tag).toBe(first.tag);
    expect(later.seconds).toBeLessThanOrEqual(15);
  });

  it('has the same tag for the same answer, and another for another', async () => {
    const gateway = createGateway();
    const tags = [L4, L4, L4_WITH_TIME].map(async (query) => (await get(gateway, query)).tag);
    const [first, again, other] = await Promise.all(tags);
    expect(first).toMatch(/^W\/"[\w-]+"$/);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect((await get(createGateway(), L4)).tag).toBe(first);
  });

  it('is 304 for who has it, with the same headers and without a body', async () => {
    const gateway = createGateway();
    const { tag, header } = await get(gateway, L4);
    for (const known of [tag, tag.replace('W/', ''), `"other", ${tag}`, '*']) {
      const again = await get(gateway, L4, { 'if-none-match': known });
      expect([again.status, again.body, again.tag]).toEqual([304, '', tag]);
      const told = ['cache-control', 'vary', 'x-content-type-options', 'x-frame-options', 'referrer-policy'];
      expect(told.map(again.header)).toEqual(told.map(header));
    }
    expect((await get(gateway, L4, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('changes its tag exactly when the data do', async () => {
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

describe('an answer that is not to be kept', () => {
  it.each([
    ['has errors', '{ gpuAvailability(gpuCount: 17) { totalCount } }'],
    ['is no operation', '{ nothing }'],
    ['is about the moment', `{ upstream { health } gpuTypes { id } }`],
    ['tells nothing of ours', '{ __typename }'],
  ])('since it %s is no-store', async (_why, query) => {
    const { header, tag } = await get(createGateway(), query);
    expect([header('cache-control'), tag]).toEqual(['no-store', '']);
  });

  it('since it is stale, or lacks something, is no-store, and never 304', async () => {
    await using runPod = await startFakeRunPod();
    const gateway = connect(runPod.url, { UPSTREAM_RETRIES: '0' });
    const { tag } = await get(gateway, L4);
    runPod.fail(() => FAULTS.silence[0]);
    gateway.passSeconds(61);
    const stale = await get(gateway, L4, { 'if-none-match': tag });
    expect([stale.status, stale.header('cache-control')]).toEqual([200, 'no-store']);
    runPod.fail(() => FAULTS['HTTP 500'][0]);
    const lacking = await get(connect(runPod.url, { UPSTREAM_RETRIES: '0' }), L4);
    expect(lacking.header('cache-control')).toBe('no-store');
  });

  it('is one to POST', async () => {
    const { handler } = createGateway();
    const headers = { 'content-type': 'application/json' };
    const response = await handler.fetch('http://gateway.invalid/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: L4 }),
    });
    expect([response.headers.get('etag'), response.headers.get('cache-control')]).toEqual([null, null]);
  });
});

describe('with client keys', () => {
  it('an answer is for its client alone, and no tag lets anybody in', async () => {
    const gateway = createGateway({ CLIENT_API_KEYS: 'key-one' });
    const { tag, header } = await get(gateway, L4, { authorization: 'Bearer key-one' });
    expect(header('cache-control')).toMatch(/^private, /);
    expect((await get(gateway, L4, { 'if-none-match': tag })).status).toBe(401);
  });
});
