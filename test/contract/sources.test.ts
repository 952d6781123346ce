import { describe, expect, it } from 'vitest';
import { KEY, startFakeRest } from '../support/fake-rest.ts';
import { startFakeRunPod } from '../support/fake-runpod.ts';
import { connect, createGateway } from '../support/gateway.ts';

/** A gateway before one world, the recording of 2025-11-14, as each source tells it. */
const SOURCES = {
  RECORDED: async () => ({ gateway: createGateway(), [Symbol.asyncDispose]: async () => {} }),
  RUNPOD_GRAPHQL: async () => {
    const runPod = await startFakeRunPod();
    return { gateway: connect(runPod.url), [Symbol.asyncDispose]: () => runPod[Symbol.asyncDispose]() };
  },
  RUNPOD_REST: async () => {
    const rest = await startFakeRest();
    const env = { UPSTREAM: 'rest', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: rest.url };
    return { gateway: createGateway(env), [Symbol.asyncDispose]: () => rest[Symbol.asyncDispose]() };
  },
  'both APIs': async () => {
    const rest = await startFakeRest();
    const runPod = await startFakeRunPod();
    const env = { UPSTREAM: 'auto', RUNPOD_API_KEY: KEY, RUNPOD_REST_URL: rest.url, RUNPOD_GRAPHQL_URL: runPod.url };
    return {
      gateway: createGateway(env),
      async [Symbol.asyncDispose]() {
        await rest[Symbol.asyncDispose]();
        await runPod[Symbol.asyncDispose]();
      },
    };
  },
};

const REPORT = `totalCount nodes { gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id region countryCode networkVolume globalNetwork compliance }
  gpuCount available stock onDemandPrice { perGpu perPod } stale } coverage { complete expected observed failed failures { code } } freshness { stale }`;

/** What all sources can tell, asked in every way that clients ask. */
const GOLDEN: readonly (readonly [string, string])[] = [
  ['all that can be rented', `{ gpuAvailability { ${REPORT} } }`],
  ['one GPU type in one region', `{ gpuAvailability(region: EUROPE, gpuType: "rtx 4090") { ${REPORT} } }`],
  ['the whole matrix', `{ gpuAvailability(filter: { includeUnavailable: true }) { ${REPORT} } }`],
  ['pods of eight', `{ gpuAvailability(gpuCount: 8, orderBy: { field: PRICE }) { ${REPORT} } }`],
  [
    'the cheapest',
    `{ gpuAvailability(filter: { minMemoryGb: 80, minStock: LOW }, orderBy: { field: PRICE }, first: 5) { ${REPORT} } }`,
  ],
  ['with network volumes', `{ gpuAvailability(filter: { networkVolume: true, maxPricePerGpuHour: 2 }) { ${REPORT} } }`],
  [
    'one data center',
    `{ dataCenter(id: "EU-RO-1") { id region countryCode availability(gpuCount: 2) { ${REPORT} } } }`,
  ],
  ['the lists', '{ gpuTypes { id displayName securePrice } dataCenters { id region countryCode } }'],
  ['what there is not', '{ gpuType(id: "x") { id } dataCenter(id: "x") { id } }'],
];

describe.each(Object.entries(SOURCES))('a gateway before %s', (name, open) => {
  it('says so', async () => {
    await using source = await open();
    await source.gateway.ask('{ gpuAvailability { totalCount } }');
    const { data } = await source.gateway.ask('{ upstream { source health recordedAt } }');
    const recordedAt = name === 'RECORDED' ? '2025-11-14T17:42:42.000Z' : null;
    const expected = name === 'both APIs' ? 'RUNPOD_REST' : name;
    expect(data.upstream).toEqual({ source: expected, health: 'UP', recordedAt });
  });

  it.each(GOLDEN)('answers %s like every other', async (_what, query) => {
    await using source = await open();
    await using reference = await SOURCES.RUNPOD_GRAPHQL();
    const answer = await source.gateway.ask(query);
    expect(answer.errors).toBeUndefined();
    expect(answer).toEqual(await reference.gateway.ask(query));
  });

  it('refuses what cannot be meant', async () => {
    await using source = await open();
    const { errors } = await source.gateway.ask('{ gpuAvailability(gpuType: "RTX 4091") { totalCount } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('what the REST API does not tell', () => {
  it('is null', async () => {
    await using source = await SOURCES.RUNPOD_REST();
    const { data } = await source.gateway.ask(
      '{ gpuAvailability { nodes { spotPrice { perGpu } availableGpuCounts dataCenter { name location listed } } } }',
    );
    const { nodes } = data.gpuAvailability;
    expect(nodes.length).toBeGreaterThan(0);
    for (const { spotPrice, availableGpuCounts, dataCenter } of nodes) {
      expect([spotPrice, availableGpuCounts, dataCenter.location, dataCenter.listed]).toEqual([null, null, null, null]);
      expect(dataCenter.name).toMatch(/^Place of /);
    }
  });
});
