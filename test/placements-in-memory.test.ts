import { describe, expect, it } from 'vitest';
import { createOperations } from './support/operations-in-memory.ts';

const price = (perPod: number) => ({ onDemandPrice: { perGpu: perPod, perPod } });

/** The stock in these tests: L4 is sold out in US-TX-3 and cheaper than H100. */
const { run, operations, execute } = createOperations({
  cell: (gpuTypeId, dataCenterId) => {
    if (gpuTypeId === 'NVIDIA H100') return price(3);
    return dataCenterId === 'US-TX-3' ? { available: false, stock: 'NONE' } : price(1);
  },
});

const OPTION = 'availability { gpuType { id } dataCenter { id } onDemandPrice { perPod } } totalMemoryGb';

describe('a placement in memory', () => {
  it('has its options, the best first, and all its other fields', () => {
    const { placement } = run(`{ placement(needs: { maxPricePerHour: 2 }) {
      __typename totalCount options { ${OPTION} } excluded { gpuType { id } dataCenter { id } gpuCount reason message }
      relaxations { need options cheapest { perPod } } coverage { complete expected failures { code } } freshness { stale }
    } }`);
    expect(placement).toEqual({
      __typename: 'Placement',
      totalCount: 1,
      options: [
        {
          availability: {
            gpuType: { id: 'NVIDIA L4' },
            dataCenter: { id: 'EU-RO-1' },
            onDemandPrice: { perPod: 1 },
          },
          totalMemoryGb: 24,
        },
      ],
      excluded: [
        {
          gpuType: { id: 'NVIDIA H100' },
          dataCenter: null,
          gpuCount: 1,
          reason: 'TOO_EXPENSIVE',
          message: 'The lowest price is $3; at most $2 per pod and hour was needed.',
        },
        {
          gpuType: { id: 'NVIDIA L4' },
          dataCenter: { id: 'US-TX-3' },
          gpuCount: 1,
          reason: 'OUT_OF_STOCK',
          message: 'RunPod reports no stock.',
        },
      ],
      relaxations: [{ need: 'maxPricePerHour', options: 3, cheapest: { perPod: 1 } }],
      coverage: { complete: true, expected: 4, failures: [] },
      freshness: { stale: false },
    });
  });

  it('has an empty list if nothing matches', () => {
    const none = 'needs: { gpuTypeIds: ["NVIDIA L4"], dataCenterIds: ["US-TX-3"] }';
    expect(run(`{ placement(${none}) { options { totalMemoryGb } relaxations { options } } }`).placement).toEqual({
      options: [],
      relaxations: [{ options: 1 }, { options: 1 }],
    });
    expect(run('{ gpuAvailability(filter: { maxPricePerGpuHour: 0.1 }) { nodes { id } } }')).toEqual({
      gpuAvailability: { nodes: [] },
    });
  });

  it('has at most `first` options', () => {
    const idsOf = (first: number) =>
      run(`query ($first: Int!) { placement(needs: {}, first: $first) { totalCount options { ${OPTION} } } }`, {
        first,
      }).placement.options.length;
    expect([1, 2, 3, 4].map(idsOf)).toEqual([1, 2, 3, 3]);
  });

  it('requests the global network for its pods only if the client needs it', () => {
    const bodiesWith = (need: string) =>
      run(`{ placement(needs: { ${need} }) { options { createRequest { body } } } }`).placement?.options.map(
        ({ createRequest }: { readonly createRequest: { readonly body: string } }) =>
          JSON.parse(createRequest.body).globalNetworking,
      );
    const { run: runOnNetwork } = createOperations({
      dataCenters: [
        {
          id: 'EU-RO-1',
          name: 'EU-RO-1',
          region: 'EUROPE',
          countryCode: 'RO',
          location: null,
          listed: true,
          networkVolume: true,
          globalNetwork: true,
          compliance: null,
        },
      ],
    });
    expect(bodiesWith('globalNetwork: false')).toEqual([undefined, undefined, undefined]);
    const query = '{ placement(needs: { globalNetwork: true }) { options { createRequest { body } } } }';
    const plain = '{ placement(needs: { globalNetwork: false }) { options { createRequest { body } } } }';
    for (const [text, expected] of [
      [query, true],
      [plain, undefined],
      [query, true],
    ] as const) {
      const [option] = runOnNetwork(text).placement.options;
      expect(JSON.parse(option.createRequest.body).globalNetworking).toBe(expected);
    }
  });

  it('has the options and the reasons of each of several searches in one operation', () => {
    const { cheap, large } = run(`{
      cheap: placement(needs: { maxPricePerHour: 2 }) { ...Found }
      large: placement(needs: { minMemoryGb: 80 }) { ...Found }
    } fragment Found on Placement { options { totalMemoryGb } excluded { reason gpuType { id } } }`);
    expect(cheap).toMatchObject({
      options: [{ totalMemoryGb: 24 }],
      excluded: [{ reason: 'TOO_EXPENSIVE' }, { reason: 'OUT_OF_STOCK' }],
    });
    expect(large).toMatchObject({
      options: [{ totalMemoryGb: 80 }, { totalMemoryGb: 80 }],
      excluded: [{ reason: 'TOO_LITTLE_MEMORY', gpuType: { id: 'NVIDIA L4' } }],
    });
  });

  it('is left to Yoga if its options or its reasons could need more bytes than are free', () => {
    for (const fields of [`options { ${OPTION} createRequest { body } }`, 'excluded { reason message }']) {
      const query = `{ placement(needs: {}) { ${fields} } }`;
      operations.add({ query, operationName: undefined }, {});
      expect(execute({ query }, 200 + query.length)).toBeNull();
      expect(execute({ query }, 100_000)).not.toBeNull();
    }
  });

  it('is left to Yoga if its relaxations depend on GPU types that are not in memory', () => {
    const { run: runL4 } = createOperations({ isKnown: ({ gpuType }) => gpuType.id === 'NVIDIA L4' });
    const query = (fields: string) => `{ placement(needs: { gpuTypeIds: ["NVIDIA L4"] }) { totalCount ${fields} } }`;
    expect(runL4(query(''))).toEqual({ placement: { totalCount: 2 } });
    expect(runL4(query('relaxations { need }'))).toBeNull();
  });

  it('must not be stored if a relaxation is missing because pods of another size are not in memory', () => {
    const inMemory = createOperations({ isKnown: ({ gpuCount }) => gpuCount !== 1 });
    const query = '{ placement(needs: { gpuCount: 2 }) { relaxations { need } } }';
    expect(inMemory.run(query)).toEqual({ placement: { relaxations: [] } });
    expect(inMemory.execute({ query })?.holding).toBeNull();
  });
});
