import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDifferences } from '../src/domain/change.ts';
import type { Cell, ObservedCell } from '../src/domain/observation.ts';
import { createLastSeen } from '../src/live/last-seen.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';

const IDS = ['A', 'B', 'C', 'D'];
const request = { gpuType: gpuTypeOf({}), gpuCount: 1, dataCenters: IDS.map(dataCenterOf) };

const price = fc.option(fc.constantFrom(1, 2).map((dollars) => ({ perGpu: dollars, perPod: dollars })));
const BEFORE = '2025-11-14T00:00:00.000Z';
const AFTER = '2025-11-14T00:01:00.000Z';
const anyObserved =
  (observedAt: string) =>
  (dataCenterId: string): fc.Arbitrary<ObservedCell> =>
    fc
      .record({
        stock: fc.constantFrom('NONE', 'LOW', 'HIGH', 'UNKNOWN'),
        onDemandPrice: price,
        spotPrice: price,
        availableGpuCounts: fc.option(fc.constant([1])),
      })
      .map((cell) => ({
        ...cell,
        source: 'RUNPOD_GRAPHQL',
        observedAt,
        askedAt: Date.parse(observedAt),
        spotObservedAt: observedAt,
        spotAskedAt: Date.parse(observedAt),
        dataCenterId,
        failure: null,
        stale: false,
        available: cell.stock !== 'NONE',
      }));
const anyCell = (id: string): fc.Arbitrary<Cell> =>
  fc.oneof(
    { weight: 4, arbitrary: anyObserved(AFTER)(id) },
    { weight: 1, arbitrary: fc.constant({ dataCenterId: id, failure: { code: 'TIMEOUT' as const, message: 'no' } }) },
  );
const anyCells = <T>(anyOf: (id: string) => fc.Arbitrary<T>) =>
  fc.subarray(IDS).chain((ids) => fc.tuple(...ids.map(anyOf)));

describe('the differences between two observations', () => {
  it('have one entry of the right kind for each cell that was observed both times and has changed, and no other entries', () => {
    fc.assert(
      fc.property(anyCells(anyObserved(BEFORE)), anyCells(anyCell), (before, after) => {
        const differences = findDifferences(
          request,
          new Map(before.map((cell) => [cell.dataCenterId, seen(cell)])),
          after,
        );
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

describe('the events about a cell that two sources report', () => {
  const OFTEN = { dataCenterId: 'A', failure: null, stale: false, available: true, availableGpuCounts: null } as const;
  const dollars = (amount: number) => ({ perGpu: amount, perPod: amount });
  const byGraphQL = (observedAt: string, stock: 'LOW' | 'HIGH', quote: number, spot: number): ObservedCell => ({
    ...OFTEN,
    source: 'RUNPOD_GRAPHQL',
    observedAt,
    askedAt: Date.parse(observedAt),
    stock,
    onDemandPrice: dollars(quote),
    spotPrice: dollars(spot),
    spotObservedAt: observedAt,
    spotAskedAt: Date.parse(observedAt),
  });
  const byRest = (observedAt: string, stock: 'LOW' | 'HIGH', quote: number, from: ObservedCell): ObservedCell => ({
    ...from,
    source: 'RUNPOD_REST',
    observedAt,
    askedAt: Date.parse(observedAt),
    stock,
    onDemandPrice: dollars(quote),
  });
  const eventsOf = (cells: readonly ObservedCell[]) => {
    const lastSeen = createLastSeen();
    return cells.flatMap((cell) => lastSeen.see(request, [cell]).map(({ kind, after }) => [kind, after.observedAt]));
  };

  it('include one for a change of stock, as soon as either source reports the change, and one for a change of price', () => {
    const first = byGraphQL('2025-11-14T00:00:00.000Z', 'LOW', 1, 0.3);
    const dearer = byGraphQL('2025-11-14T00:02:00.000Z', 'LOW', 1, 0.4);
    expect(
      eventsOf([
        first,
        byRest('2025-11-14T00:01:00.000Z', 'LOW', 1.1, first),
        dearer,
        byRest('2025-11-14T00:03:00.000Z', 'LOW', 1.1, dearer),
        byRest('2025-11-14T00:04:00.000Z', 'HIGH', 1.1, dearer),
        byGraphQL('2025-11-14T00:05:00.000Z', 'HIGH', 1, 0.4),
        byRest('2025-11-14T00:06:00.000Z', 'HIGH', 1.2, dearer),
      ]),
    ).toEqual([
      ['PRICE_CHANGED', '2025-11-14T00:02:00.000Z'],
      ['STOCK_CHANGED', '2025-11-14T00:04:00.000Z'],
      ['PRICE_CHANGED', '2025-11-14T00:06:00.000Z'],
    ]);
  });

  it('include one for a price that changed while one of the sources did not answer, as soon as that source answers again', () => {
    const first = byGraphQL('2025-11-14T00:00:00.000Z', 'LOW', 1, 0.3);
    const at = (minute: number, quote: number) => byRest(`2025-11-14T00:0${minute}:00.000Z`, 'LOW', quote, first);
    const switched = { ...first, onDemandPrice: dollars(2), askedAt: Date.parse('2025-11-14T00:02:00.000Z') };
    expect(eventsOf([at(1, 1), switched, at(3, 2), at(4, 2)])).toEqual([['PRICE_CHANGED', '2025-11-14T00:03:00.000Z']]);
  });

  it('include only one for a change of price that both sources report', () => {
    const first = byGraphQL('2025-11-14T00:00:00.000Z', 'LOW', 1, 0.3);
    const at = (minute: number, quote: number) => byRest(`2025-11-14T00:0${minute}:00.000Z`, 'LOW', quote, first);
    const dearer = { ...first, onDemandPrice: dollars(2), askedAt: Date.parse('2025-11-14T00:02:00.000Z') };
    expect(eventsOf([first, at(1, 1), { ...dearer, observedAt: 'GraphQL' }, at(3, 2), at(4, 2)])).toEqual([
      ['PRICE_CHANGED', 'GraphQL'],
    ]);
  });

  it('include none for a spot price that was copied from an older answer, or that was unknown before', () => {
    const first = byGraphQL('2025-11-14T00:00:00.000Z', 'LOW', 1, 0.3);
    const later = (minute: number, spot: Partial<ObservedCell>) => ({
      ...byRest(`2025-11-14T00:0${minute}:00.000Z`, 'LOW', 1, first),
      ...spot,
    });
    const unknown = { spotPrice: null, spotObservedAt: null };
    // A spot price that disappears causes no event, because RunPod may still report the same bid. The gateway hides a bid that is not below
    // the on-demand price.
    expect(eventsOf([first, later(1, { spotPrice: null })])).toEqual([]);
    expect(eventsOf([first, later(1, unknown), later(2, { spotObservedAt: '2025-11-14T00:02:00.000Z' })])).toEqual([]);
  });
});

const seen = (cell: ObservedCell) => ({
  latest: cell,
  bySource: { [cell.source]: cell },
  shownPrice: cell.onDemandPrice,
});

/** Returns the kind of a change as the schema defines it; `undefined` if clients cannot see the change. */
function kindOf(before: ObservedCell, after: Cell): string | undefined {
  if (after.failure !== null) return undefined;
  const prices = ({ onDemandPrice, spotPrice }: ObservedCell) => [onDemandPrice?.perPod, spotPrice?.perPod].join();
  if (before.stock === 'NONE') return after.stock === 'NONE' ? undefined : 'APPEARED';
  if (after.stock === 'NONE') return 'DISAPPEARED';
  if (before.stock !== after.stock) return 'STOCK_CHANGED';
  return prices(before) === prices(after) ? undefined : 'PRICE_CHANGED';
}
