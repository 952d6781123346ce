import { describe, expect, it } from 'vitest';
import { VERSION } from '../src/version.ts';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect as connectTo } from './support/gateway.ts';

const FULL =
  '{ gpuAvailability { totalCount coverage { complete failed failures { code gpuType { id } dataCenter { id } } } } }';
const KEY = 'rpa_secret';

/** Creates a gateway with a long time-out. So it aborts no slow request in favour of waiting requests, even on a busy machine. */
const connect = (url: string) =>
  connectTo(url, { RUNPOD_API_KEY: KEY, UPSTREAM_RETRIES: '0', UPSTREAM_TIMEOUT_MS: '100000' });

describe('a gateway with the GraphQL API', () => {
  it('sends one request for each GPU type, at most three at a time, and then no request while the answers are fresh', async () => {
    await using runPod = await startFakeRunPod();
    const { ask } = connect(runPod.url);
    const { data } = await ask(FULL);
    expect(data.gpuAvailability.totalCount).toBe(79);
    expect(runPod.count('LowestPrices')).toBe(41);
    expect(runPod.seen.length).toBeLessThanOrEqual(44);
    expect(runPod.mostInFlight()).toBe(3);
    const asked = runPod.seen.length;
    await ask(FULL);
    expect(runPod.seen).toHaveLength(asked);
  });

  it('requests secure cloud for every cell, sends the key only in a header, and never requests nodeGroupDatacenters', async () => {
    await using runPod = await startFakeRunPod();
    const { ask, logged } = connect(runPod.url);
    await ask(FULL);
    for (const { query, variables, headers } of runPod.seen) {
      expect(query).not.toContain('nodeGroupDatacenters');
      expect(headers['authorization']).toBe(`Bearer ${KEY}`);
      expect(headers['user-agent']).toBe(`gpu-availability-gateway/${VERSION}`);
      const aliases = query.match(/dc_\d+: lowestPrice/g)?.length ?? 0;
      expect(query.match(/secureCloud: true/g)?.length ?? 0).toBe(aliases);
      if (aliases > 0) expect(Object.keys(variables ?? {})).toHaveLength(aliases + 2);
    }
    expect(logged.join('')).not.toContain(KEY);
  });

  it('sends each request once for 200 clients while the cache is empty', async () => {
    await using runPod = await startFakeRunPod();
    const { ask } = connect(runPod.url);
    const results = await Promise.all(Array.from({ length: 200 }, () => ask(FULL)));
    for (const { data } of results) expect(data.gpuAvailability.totalCount).toBe(79);
    expect(runPod.seen.length).toBeLessThanOrEqual(44);
  });

  it('sends one request for ten aliases of the same field', async () => {
    await using runPod = await startFakeRunPod();
    const { ask } = connect(runPod.url);
    const aliases = Array.from(
      { length: 10 },
      (_, index) => `a${index}: gpuAvailability(gpuType: "L4") { totalCount }`,
    );
    await ask(`{ ${aliases.join(' ')} gpuType(id: "NVIDIA L4") { availability { totalCount } } }`);
    expect(runPod.count('LowestPrices')).toBe(1);
  });

  it('reports a failed GPU type, returns the rows of the others, and later requests only the failed GPU type again', async () => {
    let broken = true;
    await using runPod = await startFakeRunPod(({ variables }) =>
      broken && variables?.['gpuTypeId'] === 'NVIDIA L4' ? answerWith(502, '<html>') : undefined,
    );
    const { ask, passSeconds } = connect(runPod.url);
    const { data } = await ask(FULL);
    expect(data.gpuAvailability.coverage).toEqual({
      complete: false,
      failed: 39,
      failures: [{ code: 'UNREACHABLE', gpuType: { id: 'NVIDIA L4' }, dataCenter: null }],
    });
    const asked = runPod.count('LowestPrices');
    broken = false;
    passSeconds(5);
    const again = await ask(FULL);
    expect(again.data.gpuAvailability).toMatchObject({ totalCount: 79, coverage: { complete: true } });
    expect(runPod.count('LowestPrices')).toBe(asked + 1);
  });

  it.each([
    [401, 'UPSTREAM_UNAUTHORIZED'],
    [429, 'UPSTREAM_UNAVAILABLE'],
    [500, 'UPSTREAM_UNAVAILABLE'],
  ])('reports an error when the lists cannot be read (HTTP %i)', async (status, code) => {
    await using runPod = await startFakeRunPod(() => answerWith(status, `no, ${KEY}`));
    const { ask, logged } = connect(runPod.url);
    const { errors } = await ask(FULL);
    expect(errors?.[0]?.extensions.code).toBe(code);
    expect(JSON.stringify(errors) + logged.join('')).not.toContain(KEY);
  });
});
