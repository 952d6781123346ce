import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GpuType } from '../src/domain/gpu-type.ts';
import { isPricedWithoutStock, normaliseCell } from '../src/upstream/runpod-graphql/normalise-cell.ts';
import { toStock } from '../src/upstream/stock-word.ts';
import { gpuTypeOf } from './support/list-rows.ts';
import { STOCK_WORDS, stockWords } from './support/stock-words.ts';

const gpuType = gpuTypeOf({});

const nothing = { stockStatus: null, uninterruptablePrice: null, minimumBidPrice: null, availableGpuCounts: null };
const price = fc.option(fc.double());
/** Generates raw answers of RunPod for a cell (a GPU type in a data center), each with the stock level that its `stockStatus` means. */
const sayings = fc
  .tuple(
    stockWords,
    fc.option(
      fc.record({
        uninterruptablePrice: price,
        minimumBidPrice: price,
        availableGpuCounts: fc.option(fc.array(fc.option(fc.oneof(fc.integer(), fc.double())))),
      }),
    ),
  )
  .map(([[stockStatus, stock], rest]) =>
    rest === null ? { raw: null, stock: null } : { raw: { ...rest, stockStatus }, stock },
  );
const gpuTypes = fc
  .record({ secureCloud: fc.option(fc.boolean()), securePrice: price })
  .map((rest) => ({ ...gpuType, ...rest }));
/** The data center, source and time of all observations in this test. */
const AT = {
  dataCenterId: 'EU-RO-1',
  source: 'RUNPOD_GRAPHQL' as const,
  observedAt: '2025-11-14T17:42:42.000Z',
  askedAt: 0,
};
const counts = fc.integer({ min: 1, max: 16 });

describe('a cell of RunPod', () => {
  it.each(STOCK_WORDS)('with the stock word %j has the level %j', (word, stock) => {
    expect(toStock(word)).toBe(stock);
  });

  it('has the level NONE if its object is null or contains only nulls', () => {
    for (const raw of [null, nothing]) {
      expect(normaliseCell(raw, { ...AT, gpuType, gpuCount: 1 })).toMatchObject({
        available: false,
        stock: 'NONE',
      });
    }
  });

  it('has the quoted pod price, or the list price if there is no quote, but never a meaningless filler', () => {
    const low = { ...nothing, stockStatus: 'Low' };
    const priceOf = (raw: typeof low, of: GpuType, gpuCount: number) =>
      normaliseCell(raw, { ...AT, gpuType: of, gpuCount });
    expect(priceOf({ ...low, uninterruptablePrice: 0.8 } as never, gpuType, 2)).toMatchObject({
      onDemandPrice: { perPod: 0.8, perGpu: 0.4 },
    });
    expect(priceOf(low, gpuType, 2)).toMatchObject({ onDemandPrice: { perPod: 0.86, perGpu: 0.43 } });
    const communityOnly = { ...gpuType, secureCloud: false };
    expect(priceOf({ ...low, uninterruptablePrice: 0.5 } as never, communityOnly, 1)).toMatchObject({
      onDemandPrice: null,
    });
  });

  it('has the level NONE and no price when RunPod quotes a price but reports no stock', () => {
    const raw = { ...nothing, uninterruptablePrice: 0.43, minimumBidPrice: 0.2, availableGpuCounts: [2, 4] };
    const key = { ...AT, gpuType, gpuCount: 1 };
    expect(normaliseCell(raw, key)).toMatchObject({
      failure: null,
      stock: 'NONE',
      onDemandPrice: null,
      spotPrice: null,
      availableGpuCounts: [2, 4],
    });
    expect(isPricedWithoutStock(raw, key)).toBe(true);
    expect(isPricedWithoutStock({ ...raw, stockStatus: 'Low' }, key)).toBe(false);
    expect(isPricedWithoutStock(nothing, key)).toBe(false);
  });

  it('has failed when RunPod lists the pod size as rentable but reports no stock', () => {
    const raw = { ...nothing, uninterruptablePrice: 0.43, availableGpuCounts: [1, 2] };
    expect(normaliseCell(raw, { ...AT, gpuType, gpuCount: 1 })).toMatchObject({ failure: { code: 'BAD_RESPONSE' } });
  });

  it('has no price when the stock word is "None"', () => {
    const raw = { ...nothing, stockStatus: 'None', uninterruptablePrice: 0.43, minimumBidPrice: 0.2 };
    expect(normaliseCell(raw, { ...AT, gpuType, gpuCount: 1 })).toMatchObject({
      stock: 'NONE',
      onDemandPrice: null,
      spotPrice: null,
    });
  });

  it.each([
    [0.42, 0.42],
    [0.43, null],
    [0.5, null],
  ])('that is quoted at 0.43 with a bid of %j has the spot price %j', (minimumBidPrice, perPod) => {
    const raw = { ...nothing, stockStatus: 'Low', uninterruptablePrice: 0.43, minimumBidPrice };
    expect(normaliseCell(raw, { ...AT, gpuType, gpuCount: 1 })).toMatchObject({
      spotPrice: perPod === null ? null : { perPod, perGpu: perPod },
    });
  });

  it('never hides reported stock, and never has a number in place of a null or a meaningless filler, for any raw values', () => {
    fc.assert(
      fc.property(sayings, gpuTypes, counts, ({ raw, stock }, type, gpuCount) => {
        const cell = normaliseCell(raw, { ...AT, gpuType: type, gpuCount });
        if (stock !== null && stock !== 'NONE') expect(cell).toMatchObject({ available: true, stock });
        if (cell.failure !== null) return;
        expect(cell.available).toBe(stock !== null && stock !== 'NONE');
        for (const [reported, shown] of [
          [cell.available ? (raw?.uninterruptablePrice ?? type.securePrice) : null, cell.onDemandPrice],
          [raw?.minimumBidPrice, cell.spotPrice],
        ] as const) {
          if (reported == null) expect(shown).toBeNull();
          if (shown !== null) expect(shown.perPod).toBeGreaterThan(0);
          if (shown !== null) expect(shown.perGpu).toBeGreaterThan(0);
          if (shown !== null) expect(Number.isFinite(shown.perPod)).toBe(true);
        }
        const sizes = cell.availableGpuCounts ?? [];
        expect(sizes).toEqual([...new Set(sizes)].toSorted((a, b) => a - b));
        expect(sizes.every((size) => Number.isInteger(size) && size > 0)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
