import { describe, expect, it } from 'vitest';
import { SOURCES, USUAL } from './support/sources.ts';
import { scarceWorld } from './support/worlds.ts';

const SIZES = [1, 2, 8, 16];
const MINUTES = 10;

const QUERY = `query ($gpuCount: Int!) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) {
  coverage { complete failed } freshness { stale } } }`;

describe.each(['RUNPOD_REST', 'both APIs'] as const)(
  'a gateway that reads %s while most cells are sold out',
  (name) => {
    it('sends one request a minute for each pod size, and all its answers are complete, fresh and cacheable', async () => {
      await using source = await SOURCES[name](scarceWorld(), USUAL, { UPSTREAM_TIMEOUT_MS: '100000' });
      const { gateway, rest } = source;
      const idle = () =>
        expect.poll(async () => (await gateway.get('/metrics')).body).toContain('gpu_gateway_upstream_in_flight 0');
      const get = async (gpuCount: number) => {
        const query = new URLSearchParams({ query: QUERY, variables: JSON.stringify({ gpuCount }) });
        const response = await gateway.handler.fetch(`http://gateway.invalid/graphql?${query}`);
        return { cacheControl: response.headers.get('cache-control'), body: await response.json() };
      };
      for (const size of SIZES) await get(size);
      await idle();
      const before = rest?.count('gpus') ?? 0;
      for (let minute = 1; minute <= MINUTES; minute += 1) {
        gateway.passSeconds(61);
        for (const size of SIZES) await get(size);
        for (const size of SIZES) {
          await expect.poll(async () => (await get(size)).body.data.gpuAvailability.freshness.stale).toBe(false);
          const { cacheControl, body } = await get(size);
          expect(body.data.gpuAvailability).toEqual({
            coverage: { complete: true, failed: 0 },
            freshness: { stale: false },
          });
          expect(cacheControl).toMatch(/max-age=[1-9]/);
        }
      }
      expect((rest?.count('gpus') ?? 0) - before).toBe(MINUTES * SIZES.length);
      expect((await gateway.ask('{ upstream { source health } }')).data.upstream).toEqual({
        source: 'RUNPOD_REST',
        health: 'UP',
      });
    });
  },
);
