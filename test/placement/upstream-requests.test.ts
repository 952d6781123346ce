import { describe, expect, it } from 'vitest';
import { SOURCES } from '../support/sources.ts';
import type { World, WorldStock } from '../support/world.ts';
import { dataCenterNamed, gpuTypeNamed } from '../support/worlds.ts';

const ROW = '{ gpuType { id } dataCenter { id } stock onDemandPrice { perPod } }';
const PLACEMENT = `query ($needs: PlacementNeeds!) { placement(needs: $needs) { totalCount options { availability ${ROW} createRequest { body } }
  excluded { gpuType { id } reason } relaxations { need options } coverage { complete expected } } }`;
const WITHOUT_RELAXATIONS = PLACEMENT.replace('relaxations { need options }', '');
const MATRIX = `query ($gpuCount: Int!) { gpuAvailability(gpuCount: $gpuCount, filter: { includeUnavailable: true }) { nodes ${ROW} } }`;

/**
 * Creates a world (a state of RunPod) with 12 GPU types. They have 24, 48, 80, 24, 48, 80, … GB of memory, in this order. A pod may have up
 * to 8 GPUs.
 */
function createWorld(): World {
  const gpuTypes = Array.from({ length: 12 }, (_, index) => ({
    ...gpuTypeNamed(`NVIDIA ${index}`, true, 1 + index),
    memoryGb: [24, 48, 80][index % 3] ?? 24,
  }));
  const dataCenters = ['EU-RO-1', 'EU-SE-1', 'US-TX-1', 'CA-MTL-1'].map((id) => dataCenterNamed(id));
  const stock = gpuTypes.flatMap(({ id }, type) =>
    dataCenters.map((dataCenter, index): WorldStock => {
      const sizes = (type + index) % 3 === 0 ? [1, 2, 4] : [1, 2, 3, 4, 5, 6, 7, 8];
      return { gpuTypeId: id, dataCenterId: dataCenter.id, levels: new Map(sizes.map((size) => [size, 'MEDIUM'])) };
    }),
  );
  return { gpuTypes, dataCenters, stock };
}

const LIVE = ['RUNPOD_GRAPHQL', 'RUNPOD_REST', 'both APIs'] as const;

type Live = (typeof LIVE)[number];
type Opened = Awaited<ReturnType<(typeof SOURCES)[Live]>>;

const open = (source: Live): Promise<Opened> => SOURCES[source](createWorld());

/** Waits until the gateway sends no more requests, and returns how many requests each stand-in has received. */
async function countRequests({ gateway, rest, graphql }: Opened) {
  let before = -1;
  const isQuiet = async () => {
    const seen = (rest?.seen.length ?? 0) + (graphql?.seen.length ?? 0);
    const { body } = await gateway.get('/metrics');
    const isIdle =
      /^gpu_gateway_upstream_in_flight 0$/m.test(body) && /^gpu_gateway_upstream_queue_length 0$/m.test(body);
    const isSame = seen === before;
    before = seen;
    return isIdle && isSame;
  };
  await expect.poll(isQuiet, { interval: 5 }).toBe(true);
  return { rest: rest?.seen.length ?? 0, graphql: graphql?.seen.length ?? 0 };
}

async function place({ gateway }: Opened, needs: object, query = PLACEMENT) {
  const { data, errors } = await gateway.ask(query, { needs });
  expect(errors).toBeUndefined();
  return data.placement;
}

/** The needs (conditions) of queries, each with the pod sizes whose stock the gateway must know to answer the query. */
const QUESTIONS: readonly (readonly [needs: object, sizes: readonly number[]])[] = [
  [{}, [1]],
  [{ gpuCount: 8, maxPricePerHour: 20 }, [8]],
  [{ gpuTypeIds: ['NVIDIA 3'], regions: ['EUROPE'], gpuCount: 2 }, [2]],
  [{ minMemoryGb: 80, countryCodes: ['RO'], minStock: 'HIGH' }, [1]],
  [{ minTotalMemoryGb: 160 }, [2, 4, 7]],
  [{ minTotalMemoryGb: 160, gpuTypeIds: ['NVIDIA 2', 'NVIDIA 4'] }, [2, 4]],
  [{ minTotalMemoryGb: 80, gpuCount: 2, dataCenterIds: ['EU-SE-1'], maxPricePerHour: 1 }, [2]],
];

describe.each(LIVE)('a gateway that reads %s', (source) => {
  it.each(QUESTIONS)(
    'sends no more requests for a placement than for gpuAvailability of the same pod sizes: %j, pods of %j',
    async (needs, sizes) => {
      await using asked = await open(source);
      await place(asked, needs);
      const sent = await countRequests(asked);
      await using compared = await open(source);
      /* oxlint-disable no-await-in-loop -- One pod size after the other. */
      for (const gpuCount of sizes) await compared.gateway.ask(MATRIX, { gpuCount });
      /* oxlint-enable no-await-in-loop */
      const allowed = await countRequests(compared);
      expect(sent.rest).toBeLessThanOrEqual(allowed.rest);
      expect(sent.graphql).toBeLessThanOrEqual(allowed.graphql);
    },
  );

  it.each([
    ['more GPUs than any pod may have', { gpuCount: 16 }],
    ['more memory than any GPU has', { minMemoryGb: 1000 }],
    ['more memory than any pod has', { minTotalMemoryGb: 1_000_000 }],
    ['more memory than a pod of two has', { minTotalMemoryGb: 161, gpuCount: 2 }],
    ['GPU types of another manufacturer', { gpuTypeIds: ['NVIDIA 1'], manufacturer: 'AMD' }],
  ])('requests nothing but the lists for needs that no GPU type meets: %s', async (_what, needs) => {
    await using lists = await open(source);
    await lists.gateway.ask('{ gpuTypes { id } dataCenters { id } }');
    await using asked = await open(source);
    const { options, excluded, coverage } = await place(asked, needs);
    expect([options, excluded.length, coverage]).toEqual([[], 12, { complete: true, expected: 0 }]);
    expect(await countRequests(asked)).toEqual(await countRequests(lists));
  });

  it('requests nothing but the lists for needs that no data center meets, unless relaxations are selected', async () => {
    await using lists = await open(source);
    await lists.gateway.ask('{ gpuTypes { id } dataCenters { id } }');
    await using asked = await open(source);
    const { options } = await place(asked, { regions: ['ASIA'], gpuCount: 2 }, WITHOUT_RELAXATIONS);
    expect(options).toEqual([]);
    expect(await countRequests(asked)).toEqual(await countRequests(lists));
  });

  it('answers the same needs again without a request', async () => {
    await using asked = await open(source);
    const needs = { minTotalMemoryGb: 160, regions: ['EUROPE'], maxPricePerHour: 9 };
    const first = await place(asked, needs);
    const before = await countRequests(asked);
    expect(await place(asked, needs)).toEqual(first);
    expect(await countRequests(asked)).toEqual(before);
  });
});

describe('a gateway that reads the GraphQL API', () => {
  /** Returns the GPU types and pod sizes that the gateway has requested from RunPod. */
  const requested = ({ graphql }: Opened) =>
    (graphql?.seen ?? []).flatMap(({ variables = {} }) => {
      const { gpuTypeId, gpuCount } = variables as { gpuTypeId?: string; gpuCount?: number };
      return gpuTypeId === undefined ? [] : [`${gpuCount} x ${gpuTypeId}`];
    });

  it('requests the GPU types that may meet the needs, and, to find relaxations, other GPU types with the same pod size', async () => {
    await using asked = await open('RUNPOD_GRAPHQL');
    const needs = { gpuTypeIds: ['NVIDIA 1', 'NVIDIA 2'], gpuCount: 4, minMemoryGb: 80 };
    await place(asked, needs, WITHOUT_RELAXATIONS);
    expect(requested(asked)).toEqual(['4 x NVIDIA 2']);
    const { relaxations } = await place(asked, needs);
    const others = ['NVIDIA 2', 'NVIDIA 5', 'NVIDIA 8', 'NVIDIA 11', 'NVIDIA 1'].map((id) => `4 x ${id}`);
    expect(requested(asked).toSorted()).toEqual(others.toSorted());
    expect(relaxations.map(({ need }: { need: string }) => need)).toEqual(['gpuTypeIds', 'minMemoryGb']);
  });

  it('requests nothing for a need whose relaxation would require further pod sizes', async () => {
    await using asked = await open('RUNPOD_GRAPHQL');
    const { relaxations } = await place(asked, { gpuTypeIds: ['NVIDIA 2'], minTotalMemoryGb: 160 });
    expect(requested(asked)).toEqual(['2 x NVIDIA 2']);
    expect(relaxations).toEqual([]);
  });

  it('uses rows of further pod sizes for relaxations if they are in memory', async () => {
    await using asked = await open('RUNPOD_GRAPHQL');
    /* oxlint-disable no-await-in-loop -- One pod size after the other. */
    for (const gpuCount of [4, 7]) await asked.gateway.ask(MATRIX, { gpuCount });
    /* oxlint-enable no-await-in-loop */
    const before = requested(asked).length;
    const { relaxations } = await place(asked, { gpuTypeIds: ['NVIDIA 2'], minTotalMemoryGb: 160 });
    expect(requested(asked).slice(before).toSorted()).toEqual(['11', '2', '5', '8'].map((id) => `2 x NVIDIA ${id}`));
    expect(relaxations).toMatchObject([{ need: 'gpuTypeIds' }]);
  });

  it('lists relaxations for needs that no data center meets; to find them, it requests the pod sizes of the needs', async () => {
    await using asked = await open('RUNPOD_GRAPHQL');
    const needs = { gpuTypeIds: ['NVIDIA 2'], gpuCount: 2, regions: ['EUROPE'], countryCodes: ['US'] };
    const { totalCount, relaxations, coverage } = await place(asked, needs);
    expect([totalCount, coverage]).toEqual([0, { complete: true, expected: 0 }]);
    expect(relaxations).toEqual([
      { need: 'countryCodes', options: 2 },
      { need: 'regions', options: 1 },
    ]);
    expect(requested(asked)).toEqual(['2 x NVIDIA 2']);
  });
});
