import { describe, expect, it } from 'vitest';
import type { DataCenter } from '../../src/domain/data-center.ts';
import type { GpuType } from '../../src/domain/gpu-type.ts';
import { type Needs, namesOf, without } from '../../src/domain/placement/needs.ts';
import {
  candidatesOf,
  createPlacement,
  type PlacementQuery,
  type RowsOf,
} from '../../src/domain/placement/placement.ts';
import { relaxationsOf, relaxedQueries } from '../../src/domain/placement/relaxations.ts';
import { toTypeRows } from '../../src/domain/type-rows.ts';
import { cellOf, observationOf } from '../support/cells.ts';
import { dataCenterOf, gpuTypeOf } from '../support/list-rows.ts';
import { NO_NEEDS } from '../support/needs.ts';

const DATA_CENTERS = ['A', 'B', 'C'].map(dataCenterOf);
const [L4, H100] = [gpuTypeOf({ id: 'L4' }), gpuTypeOf({ id: 'H100', memoryGb: 80, manufacturer: 'AMD' })];

const isNvidia = {
  name: 'manufacturer',
  reason: 'OTHER_GPU_TYPE',
  isMet: ({ manufacturer }: GpuType) => manufacturer === 'NVIDIA',
  explain: () => 'It is from another manufacturer.',
} as const;
const isInA = {
  name: 'dataCenterIds',
  reason: 'OTHER_DATA_CENTER',
  isMet: ({ id }: DataCenter) => id === 'A',
  explain: () => 'It was not requested.',
} as const;
const ALL_NEEDS: Needs = {
  gpuCount: 2,
  minTotalMemoryGb: 48,
  ofGpuType: [isNvidia],
  ofDataCenter: [isInA],
  minStock: 'HIGH',
  maxPricePerHour: 1,
};

const queryWith = (needs: Partial<Needs>): PlacementQuery => ({
  gpuTypes: [L4, H100],
  dataCenters: DATA_CENTERS,
  needs: { ...NO_NEEDS, ...needs },
  preference: 'CHEAPEST',
});

/**
 * Returns the rows of pods with these prices, by GPU type and in the order of the data centers. All pods are in stock, even those without a
 * price.
 */
const rowsWith =
  (prices: Readonly<Record<string, readonly (number | null)[]>>): RowsOf =>
  ({ gpuType, gpuCount }) => {
    const cells = DATA_CENTERS.map(({ id }, index) => {
      const perPod = prices[gpuType.id]?.[index] ?? null;
      return cellOf(id, 0, { stock: 'LOW', onDemandPrice: perPod === null ? null : { perGpu: perPod, perPod } });
    });
    return toTypeRows({ gpuType, dataCenters: DATA_CENTERS, gpuCount }, observationOf(gpuType.id, 0, cells));
  };
const ROWS = rowsWith({ L4: [3, 2, 4], H100: [1, 5, null] });

/** Returns the relaxations of a search in short form: need, number of options, and lowest price. */
const relaxations = (needs: Partial<Needs>, totalCount: number, rowsOf: RowsOf = ROWS) =>
  relaxationsOf(relaxedQueries(queryWith(needs)), totalCount, rowsOf).map(({ need, options, cheapest }) => [
    need,
    options,
    cheapest?.perPod ?? null,
  ]);

describe('the needs of a search', () => {
  it('are those that have an effect', () => {
    expect(namesOf(NO_NEEDS)).toEqual([]);
    expect(namesOf(ALL_NEEDS).toSorted()).toEqual([
      'dataCenterIds',
      'gpuCount',
      'manufacturer',
      'maxPricePerHour',
      'minStock',
      'minTotalMemoryGb',
    ]);
  });

  it.each(namesOf(ALL_NEEDS))('are all the others when %s is dropped', (dropped) => {
    const others = namesOf(ALL_NEEDS).filter((name) => name !== dropped);
    expect(namesOf(without(ALL_NEEDS, dropped))).toEqual(others);
  });
});

describe('the candidates of a search', () => {
  const idsOf = (needs: Partial<Needs>) => {
    const { pods, dataCenters } = candidatesOf(queryWith(needs));
    return [pods.map(({ gpuType, gpuCount }) => `${gpuCount} ${gpuType.id}`), dataCenters.map(({ id }) => id)];
  };

  it('are the pods and data centers that the needs allow', () => {
    expect(idsOf({ minTotalMemoryGb: 81 })).toEqual([
      ['4 L4', '2 H100'],
      ['A', 'B', 'C'],
    ]);
    expect(idsOf({ ofGpuType: [isNvidia], ofDataCenter: [isInA] })).toEqual([['1 L4'], ['A']]);
  });

  it('contain no pod and no data center if the needs exclude all pods or all data centers', () => {
    expect(idsOf({ ofGpuType: [{ ...isNvidia, isMet: () => false }] })).toEqual([[], []]);
    expect(idsOf({ ofDataCenter: [{ ...isInA, isMet: () => false }] })).toEqual([[], []]);
  });
});

it('a placement has only the options that suit, the best first, and covers all candidates', () => {
  const query = queryWith({ maxPricePerHour: 4 });
  const candidates = candidatesOf(query);
  const typeRows = candidates.pods.flatMap((pod) => ROWS(pod) ?? []);
  const { options, coverage } = createPlacement(query, candidates, typeRows);
  expect(options.map(({ onDemandPrice }) => onDemandPrice?.perPod)).toEqual([1, 2, 3, 4]);
  expect(coverage).toMatchObject({ complete: true, expected: 6, observed: 6 });
});

describe('the relaxations of a search', () => {
  it('are the needs whose removal gives more options, with the number and lowest price of these options', () => {
    // If data center A is not required, there are 3 options. If the manufacturer NVIDIA is not required, there are 2, of which the H100 is
    // the cheaper one.
    expect(relaxations({ ofGpuType: [isNvidia], ofDataCenter: [isInA] }, 1)).toEqual([
      ['dataCenterIds', 3, 2],
      ['manufacturer', 2, 1],
    ]);
  });

  it('do not include a need whose removal gives as many options as there already are', () => {
    expect(relaxations({ ofGpuType: [isNvidia], ofDataCenter: [isInA] }, 2)).toEqual([['dataCenterIds', 3, 2]]);
    expect(relaxations({ ofGpuType: [isNvidia], ofDataCenter: [isInA] }, 3)).toEqual([]);
  });

  it('are ordered by name if they give equally many options', () => {
    const needs = { minStock: 'HIGH' as const, gpuCount: 17 };
    expect(relaxations(needs, -1).map(([need]) => need)).toEqual(['gpuCount', 'minStock']);
  });

  it('count only options that meet the remaining needs', () => {
    expect(relaxations({ ofDataCenter: [isInA], maxPricePerHour: 2 }, 1)).toEqual([
      ['dataCenterIds', 2, 1],
      ['maxPricePerHour', 2, 1],
    ]);
  });

  it('have the lowest of all known prices, and none if no option has a price', () => {
    const needs = { ofDataCenter: [isInA], ofGpuType: [{ ...isNvidia, isMet: ({ id }: GpuType) => id === 'L4' }] };
    const cheapestOf = (prices: readonly (number | null)[]) =>
      relaxations(needs, 1, rowsWith({ L4: prices })).find(([need]) => need === 'dataCenterIds')?.[2];
    expect(cheapestOf([null, 3, 2])).toBe(2);
    expect(cheapestOf([2, null, 3])).toBe(2);
    expect(cheapestOf([3, 2, null])).toBe(2);
    expect(cheapestOf([null, null, null])).toBeNull();
  });

  it('have no options if the rows of their pods are not known', () => {
    expect(relaxations({ minStock: 'HIGH' }, -1, () => null)).toEqual([['minStock', 0, null]]);
  });
});
