import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { derive } from '../fixtures/runpod/2025-11-14/derive.ts';
import { createGateway } from './support/gateway.ts';

const ROWS = `nodes { gpuType { id displayName } dataCenter { id region } available stock
  onDemandPrice { perGpu perPod } spotPrice { perGpu perPod } availableGpuCounts observedAt stale }`;

interface Row {
  readonly gpuType: { readonly id: string };
  readonly dataCenter: { readonly id: string };
  readonly onDemandPrice: { readonly perGpu: number; readonly perPod: number } | null;
  readonly spotPrice: { readonly perGpu: number } | null;
  readonly stock: string;
  readonly availableGpuCounts: readonly number[];
}

interface Recorded {
  readonly stockStatus: string;
  readonly minimumBidPrice: number | null;
  readonly availableGpuCounts: readonly number[];
}

const { ask } = createGateway();

describe('the recording of 2025-11-14', () => {
  it('shows 79 rows with 25 GPU types in 28 data centers, and no price of 0', async () => {
    const { data } = await ask(`{ gpuAvailability { totalCount ${ROWS} coverage { complete expected } } }`);
    const nodes: Row[] = data.gpuAvailability.nodes;
    expect(nodes).toHaveLength(79);
    expect(new Set(nodes.map((row) => row.gpuType.id)).size).toBe(25);
    expect(new Set(nodes.map((row) => row.dataCenter.id)).size).toBe(28);
    const prices = nodes.flatMap((row) => [row.onDemandPrice?.perGpu, row.spotPrice?.perGpu]);
    expect(prices.filter((price) => price === 0)).toEqual([]);
    expect(data.gpuAvailability.coverage).toEqual({ complete: true, expected: 41 * 39 });
  });

  it('shows the RTX 4090 in eight data centers, of which five are in Europe, at 0.69 per GPU and hour', async () => {
    const { data } = await ask(`{
      all: gpuAvailability(gpuType: "RTX 4090") { ${ROWS} }
      europe: gpuAvailability(gpuType: "nvidia geforce rtx 4090", region: EUROPE) { ${ROWS} }
    }`);
    expect(data.all.nodes).toHaveLength(8);
    expect(data.europe.nodes).toHaveLength(5);
    for (const row of data.all.nodes) expect(row.onDemandPrice.perGpu).toBe(0.69);
  });

  it('shows as available exactly the cells in its file', async () => {
    const { data } = await ask(`{ gpuAvailability { ${ROWS} } }`);
    const { lowestPrices } = JSON.parse(readFileSync('fixtures/runpod/2025-11-14/lowest-prices.json', 'utf8'));
    const recorded = lowestPrices.map((row: { gpuTypeId: string; dataCenterId: string; lowestPrice: Recorded }) => [
      `${row.gpuTypeId} in ${row.dataCenterId}`,
      row.lowestPrice.stockStatus.toUpperCase(),
      row.lowestPrice.minimumBidPrice,
      row.lowestPrice.availableGpuCounts,
    ]);
    const reported = data.gpuAvailability.nodes.map((row: Row) => [
      `${row.gpuType.id} in ${row.dataCenter.id}`,
      row.stock,
      row.spotPrice?.perGpu ?? null,
      row.availableGpuCounts,
    ]);
    expect(reported.toSorted()).toEqual(recorded.toSorted());
  });

  it('does not show the meaningless filler 0.50 as the price of MI300X or H200 NVL', async () => {
    const { data } = await ask(`{ gpuAvailability(
      filter: { gpuTypeIds: ["AMD Instinct MI300X OAM", "NVIDIA H200 NVL"] }) { ${ROWS} } }`);
    const prices: number[] = data.gpuAvailability.nodes.map((row: Row) => row.onDemandPrice?.perGpu);
    expect(new Set(prices)).toEqual(new Set([2.49, 3.79]));
  });

  it('shows the whole matrix for includeUnavailable, always in the same order', async () => {
    const query = `{ gpuAvailability(filter: { includeUnavailable: true }) { totalCount nodes {
      gpuType { id } dataCenter { id } } } gpuTypes { id } dataCenters { id } }`;
    const first = await ask(query);
    expect(first.data.gpuAvailability.totalCount).toBe(first.data.gpuTypes.length * 39);
    expect(first.data.dataCenters).toHaveLength(39);
    expect(await createGateway().ask(query)).toEqual(first);
  });

  it('reports that it is a recording, and when it was made', async () => {
    const { data } = await ask(`{ gpuAvailability { freshness { observedAt stale } } upstream { source recordedAt } }`);
    expect(data).toEqual({
      gpuAvailability: { freshness: { observedAt: '2025-11-14T17:42:42.000Z', stale: false } },
      upstream: { source: 'RECORDED', recordedAt: '2025-11-14T17:42:42.000Z' },
    });
  });

  it('answers queries for larger pods from the recorded pod sizes, with the price of the whole pod', async () => {
    const { data } = await ask(`{ gpuAvailability(gpuType: "RTX 4090", gpuCount: 4) { ${ROWS} } }`);
    expect(data.gpuAvailability.nodes.length).toBeGreaterThan(0);
    for (const row of data.gpuAvailability.nodes) {
      expect(row).toMatchObject({ available: true, stock: 'UNKNOWN' });
      expect(row.availableGpuCounts).toContain(4);
      expect(row.onDemandPrice.perPod).toBeCloseTo(4 * 0.69);
    }
  });

  it.each(readdirSync('operations/graphiql'))('answers the example %s without an error', async (file) => {
    const { data, errors } = await ask(readFileSync(`operations/graphiql/${file}`, 'utf8'));
    expect(errors).toBeUndefined();
    expect(data).toBeTruthy();
  });

  it.each(Object.entries(derive()))('contains the file %s exactly as it is derived from the evidence', (file, text) => {
    expect(readFileSync(`fixtures/runpod/2025-11-14/${file}`, 'utf8')).toBe(text);
  });
});
