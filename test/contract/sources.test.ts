import { describe, expect, it } from 'vitest';
import { SOURCES } from '../support/sources.ts';
import { recordedWorld } from '../support/worlds.ts';

const WORLD = recordedWorld();

const REPORT = `totalCount nodes { gpuType { id displayName manufacturer memoryGb maxGpuCount secureCloud communityCloud securePrice communityPrice }
  dataCenter { id region countryCode networkVolume globalNetwork compliance }
  gpuCount available stock onDemandPrice { perGpu perPod } stale } coverage { complete expected observed failed failures { code } } freshness { stale }`;

/**
 * Queries with the arguments that clients typically use, each with a description. Together, the queries request all data that every source
 * can report.
 */
const GOLDEN: readonly (readonly [string, string])[] = [
  ['everything that can be rented', `{ gpuAvailability { ${REPORT} } }`],
  ['one GPU type in one region', `{ gpuAvailability(region: EUROPE, gpuType: "rtx 4090") { ${REPORT} } }`],
  ['the whole matrix', `{ gpuAvailability(filter: { includeUnavailable: true }) { ${REPORT} } }`],
  ['pods of eight', `{ gpuAvailability(gpuCount: 8, orderBy: { field: PRICE }) { ${REPORT} } }`],
  [
    'the cheapest GPUs',
    `{ gpuAvailability(filter: { minMemoryGb: 80, minStock: LOW }, orderBy: { field: PRICE }, first: 5) { ${REPORT} } }`,
  ],
  [
    'data centers with network volumes',
    `{ gpuAvailability(filter: { networkVolume: true, maxPricePerGpuHour: 2 }) { ${REPORT} } }`,
  ],
  [
    'one data center',
    `{ dataCenter(id: "EU-RO-1") { id region countryCode availability(gpuCount: 2) { ${REPORT} } } }`,
  ],
  [
    'the lists of GPU types and data centers',
    '{ gpuTypes { id displayName securePrice } dataCenters { id region countryCode } }',
  ],
  ['unknown ids', '{ gpuType(id: "x") { id } dataCenter(id: "x") { id } }'],
];

/** Replaces the stock levels of pods with more than one GPU by UNKNOWN, because a recording does not contain these levels. */
const asRecorded = (answer: object): unknown =>
  JSON.parse(JSON.stringify(answer), (_key, value) =>
    value?.gpuCount > 1 && value.available ? { ...value, stock: 'UNKNOWN' } : value,
  );

describe.each(Object.entries(SOURCES))('a gateway that reads from %s', (name, open) => {
  it('reports its source to clients', async () => {
    await using source = await open(WORLD);
    await source.gateway.ask('{ gpuAvailability { totalCount } }');
    const { data } = await source.gateway.ask('{ upstream { source health recordedAt } }');
    const recordedAt = name === 'RECORDED' ? '2025-11-14T17:42:42.000Z' : null;
    const expected = name === 'both APIs' ? 'RUNPOD_REST' : name;
    expect(data.upstream).toEqual({ source: expected, health: 'UP', recordedAt });
  });

  it.each(GOLDEN)('returns the same data as every other source for %s', async (_what, query) => {
    await using source = await open(WORLD);
    await using reference = await SOURCES.RUNPOD_GRAPHQL(WORLD);
    const answer = await source.gateway.ask(query);
    expect(answer.errors).toBeUndefined();
    const expected = await reference.gateway.ask(query);
    expect(answer).toEqual(name === 'RECORDED' ? asRecorded(expected) : expected);
  });

  it('rejects invalid arguments', async () => {
    await using source = await open(WORLD);
    const { errors } = await source.gateway.ask('{ gpuAvailability(gpuType: "RTX 4091") { totalCount } }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('data that the REST API does not report', () => {
  it('is null', async () => {
    await using source = await SOURCES.RUNPOD_REST(WORLD);
    const { data } = await source.gateway.ask(
      '{ gpuAvailability { nodes { spotPrice { perGpu } availableGpuCounts dataCenter { location listed } } } }',
    );
    const { nodes } = data.gpuAvailability;
    expect(nodes.length).toBeGreaterThan(0);
    for (const { spotPrice, availableGpuCounts, dataCenter } of nodes) {
      expect([spotPrice, availableGpuCounts, dataCenter.location, dataCenter.listed]).toEqual([null, null, null, null]);
    }
  });
});
