import { afterAll, describe, expect, it } from 'vitest';
import { answerWith, startFakeRunPod } from './support/fake-runpod.ts';
import { connect } from './support/gateway.ts';

/**
 * RunPod's answers to all requests, by operation. The GPU type is in stock in one data center, and its cell in the other data center fails.
 * All other values are missing.
 */
const ANSWERS: Record<string, unknown> = {
  GpuTypes: { data: { gpuTypes: [{ id: 'Mystery' }] } },
  DataCenters: { data: { dataCenters: [{ id: 'SOMEWHERE' }, { id: 'SOMEWHERE-ELSE' }] } },
  LowestPrices: {
    data: {
      gpuTypes: [
        {
          id: 'Mystery',
          dc_0: { stockStatus: 'Plenty', uninterruptablePrice: null, minimumBidPrice: null, availableGpuCounts: null },
        },
      ],
    },
  },
};

const runPod = await startFakeRunPod(({ operationName }) => answerWith(200, JSON.stringify(ANSWERS[operationName])));
const { ask } = connect(runPod.url);
afterAll(() => runPod[Symbol.asyncDispose]());

async function count(args: string, filter: string): Promise<number> {
  const { data } = await ask(
    `{ gpuAvailability(${args} filter: { ${filter} includeUnavailable: true }) { totalCount } }`,
  );
  return data.gpuAvailability.totalCount;
}

describe('a value that is unknown', () => {
  it.each([
    ['', 'minMemoryGb: 0'],
    ['', 'maxPricePerGpuHour: 1000000'],
    ['', 'minStock: LOW'],
    ['', 'networkVolume: true'],
    ['', 'globalNetwork: true'],
    ['', 'compliance: ["SOC_2_TYPE_2"]'],
    ['', 'regions: [EUROPE, ASIA]'],
    ['', 'countryCodes: ["US"]'],
    ['', 'manufacturer: NVIDIA'],
    ['region: EUROPE', ''],
  ])('does not meet a condition on that value: %s %s', async (args, filter) => {
    expect(await count('', '')).toBe(2);
    expect(await count(args, filter)).toBe(0);
  });

  it.each([
    ['region: UNKNOWN', ''],
    ['', 'manufacturer: UNKNOWN'],
    ['', 'networkVolume: false'],
    ['', 'globalNetwork: false'],
    ['', 'regions: [UNKNOWN]'],
  ])('meets a condition that includes unknown values or excludes nothing: %s %s', async (args, filter) => {
    expect(await count(args, filter)).toBe(2);
  });

  it('does not meet a condition on the lists gpuTypes and dataCenters', async () => {
    const { data } = await ask('{ gpuTypes(minMemoryGb: 0) { id } dataCenters(region: EUROPE) { id } }');
    expect(data).toEqual({ gpuTypes: [], dataCenters: [] });
  });

  it('does not hide stock: only the failed cell is missing from the rows that can be rented', async () => {
    const { data } = await ask('{ gpuAvailability { nodes { dataCenter { id } stock available } } }');
    expect(data.gpuAvailability.nodes).toEqual([
      { dataCenter: { id: 'SOMEWHERE' }, stock: 'UNKNOWN', available: true },
    ]);
  });
});
