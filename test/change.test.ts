import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDifferences } from '../src/domain/change.ts';
import type { Cell, ObservedCell } from '../src/domain/observation.ts';
import { dataCenterOf, gpuTypeOf } from './support/runpod-catalog.ts';

const IDS = ['A', 'B', 'C', 'D'];
const request = { gpuType: gpuTypeOf({}), gpuCount: 1, dataCenters: IDS.map(dataCenterOf) };

const price = fc.option(fc.constantFrom(1, 2).map((dollars) => ({ perGpu: dollars, perPod: dollars })));
const anyObserved = (dataCenterId: string): fc.Arbitrary<ObservedCell> =>
  fc
    .record({
      stock: fc.constantFrom('NONE', 'LOW', 'HIGH', 'UNKNOWN'),
      onDemandPrice: price,
      spotPrice: price,
      observedAt: fc.constantFrom('2025-11-14T00:00:00.000Z', '2025-11-14T00:01:00.000Z'),
      availableGpuCounts: fc.option(fc.constant([1])),
    })
    .map((cell) => ({ ...cell, dataCenterId, failure: null, stale: false, available: cell.stock !== 'NONE' }));
const anyCell = (id: string): fc.Arbitrary<Cell> =>
  fc.oneof(
    { weight: 4, arbitrary: anyObserved(id) },
    { weight: 1, arbitrary: fc.constant({ dataCenterId: id, failure: { code: 'TIMEOUT' as const, message: 'no' } }) },
  );
const anyCells = <T>(anyOf: (id: string) => fc.Arbitrary<T>) =>
  fc.subarray(IDS).chain((ids) => fc.tuple(...ids.map(anyOf)));

describe('the difference of two observations', () => {
  it('is of cells that were observed before and after, of one kind each, and of no others', () => {
    fc.assert(
      fc.property(anyCells(anyObserved), anyCells(anyCell), (before, after) => {
        const differences = findDifferences(request, new Map(before.map((cell) => [cell.dataCenterId, cell])), after);
        const kinds = new Map(differences.map(({ kind, after: row }) => [row.dataCenter.id, kind]));
        expect(kinds.size).toBe(differences.length);
        for (const cell of after) {
          const known = before.find(({ dataCenterId }) => dataCenterId === cell.dataCenterId);
          expect(kinds.get(cell.dataCenterId)).toBe(known === undefined ? undefined : kindOf(known, cell));
        }
        for (const { before: was, after: is } of differences) {
          expect([was.dataCenter, was.gpuType, was.gpuCount]).toEqual([is.dataCenter, is.gpuType, is.gpuCount]);
        }
      }),
    );
  });
});

/** What the schema says of each kind. */
function kindOf(before: ObservedCell, after: Cell): string | undefined {
  if (after.failure !== null) return undefined;
  const prices = ({ onDemandPrice, spotPrice }: ObservedCell) => [onDemandPrice?.perPod, spotPrice?.perPod].join();
  if (before.stock === 'NONE') return after.stock === 'NONE' ? undefined : 'APPEARED';
  if (after.stock === 'NONE') return 'DISAPPEARED';
  if (before.stock !== after.stock) return 'STOCK_CHANGED';
  return prices(before) === prices(after) ? undefined : 'PRICE_CHANGED';
}
