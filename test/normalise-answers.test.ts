import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpstreamAnswerError } from '../src/domain/errors.ts';
import type { Cell, StockLevel } from '../src/domain/observation.ts';
import { dataCenterOf, gpuTypeOf } from './support/list-rows.ts';
import { createCatalogOf, DEMAND, objectOf, rowsOf } from './support/runpod-catalog.ts';
import { stockWords } from './support/stock-words.ts';

type Raw = Readonly<Record<string, unknown>>;

const FILLERS = [0.5, 1];
const ids = fc.constantFrom(
  'NVIDIA L4',
  'NVIDIA B200',
  'EU-RO-1',
  'unknown',
  '',
  ' ',
  '__proto__',
  'constructor',
  null,
);
const flags = fc.option(fc.boolean());
const prices = fc.constantFrom(0.43, 2.19, 0, -1, ...FILLERS, Number.MIN_VALUE, Number.MAX_VALUE, 1e-7, null);

/** Returns the ids that the normalised list must contain: all ids in RunPod's list that are non-blank strings, without duplicates. */
const idsIn = (rows: readonly (Raw | null)[] | null) => [
  ...new Set((rows ?? []).map((row) => row?.['id']).filter((id) => typeof id === 'string' && id.trim() !== '')),
];

/** Returns the first row with this id. The gateway uses that row, and ignores later rows with the same id. */
const rowOf = (rows: readonly (Raw | null)[] | null, id: string) => rows?.find((row) => row?.['id'] === id) ?? {};

function expectPrice(price: number | null) {
  if (price === null) return;
  expect(price).toBeGreaterThan(0);
  expect(price).toBeLessThan(Number.POSITIVE_INFINITY);
}

describe('a list of GPU types in any form that RunPod may send', () => {
  const rows = rowsOf<Raw>('GpuType', {
    id: ids,
    secureCloud: flags,
    communityCloud: flags,
    securePrice: prices,
    communityPrice: prices,
    memoryInGb: fc.constantFrom(0, -1, 24),
    maxGpuCount: fc.constantFrom(0, -1, 8),
  });

  it('is read as one GPU type per id, with the values of the first row with that id', async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (gpuTypes) => {
        const expected = idsIn(gpuTypes).filter((id) => id !== 'unknown');
        const reading = createCatalogOf({ gpuTypes }).gpuTypes(DEMAND);
        if (expected.length === 0) {
          await expect(reading).rejects.toBeInstanceOf(UpstreamAnswerError);
          return;
        }
        const { rows: types } = await reading;
        expect(types.map(({ id }) => id)).toEqual(expected);
        for (const type of types) {
          const raw = rowOf(gpuTypes, type.id);
          expect(type.displayName.trim()).not.toBe('');
          for (const [shown, reported] of [
            [type.memoryGb, raw['memoryInGb']],
            [type.maxGpuCount, raw['maxGpuCount']],
            [type.securePrice, type.secureCloud === true ? raw['securePrice'] : null],
            [type.communityPrice, type.communityCloud === true ? raw['communityPrice'] : null],
          ] as const) {
            expect(shown).toBe(Number(reported) > 0 ? reported : null);
            expectPrice(shown);
          }
          expect([type.secureCloud, type.communityCloud]).toEqual([raw['secureCloud'], raw['communityCloud']]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a list of data centers in any form that RunPod may send', () => {
  it('is read as one data center per id, with the values of the first row with that id', async () => {
    await fc.assert(
      fc.asyncProperty(rowsOf<Raw>('DataCenter', { id: ids }), async (raws) => {
        const expected = idsIn(raws);
        const reading = createCatalogOf({ dataCenters: raws }).dataCenters(DEMAND);
        if (expected.length === 0) {
          await expect(reading).rejects.toBeInstanceOf(UpstreamAnswerError);
          return;
        }
        const { rows: dataCenters } = await reading;
        expect(dataCenters.map(({ id }) => id)).toEqual(expected);
        for (const { id, name, listed, networkVolume, globalNetwork, compliance } of dataCenters) {
          const raw = rowOf(raws, id);
          expect(name.trim()).not.toBe('');
          expect({ listed, storageSupport: networkVolume, globalNetwork }).toEqual({
            listed: raw['listed'],
            storageSupport: raw['storageSupport'],
            globalNetwork: raw['globalNetwork'],
          });
          expect(compliance).toEqual((raw['compliance'] as unknown[] | null)?.filter((word) => word !== null) ?? null);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/**
 * Generates prices as RunPod sends them, for one GPU or for the whole pod. Some of them are fillers: the meaningless prices that RunPod
 * sends when it has no price.
 */
const quotes = (gpuCount: number) =>
  fc.tuple(prices, fc.constantFrom(1, gpuCount)).map(([price, times]) => (price === null ? null : price * times));

/** A raw answer of RunPod for a cell (a GPU type in a data center), and the stock level that its `stockStatus` means. */
interface Saying {
  readonly raw: Raw | null;
  readonly level: StockLevel | null;
}

const sayings = (gpuCount: number) =>
  fc
    .tuple(
      stockWords,
      objectOf('LowestPrice', { uninterruptablePrice: quotes(gpuCount), minimumBidPrice: quotes(gpuCount) }),
      fc.boolean(),
    )
    .map(
      ([[stockStatus, level], rest, isObject]): Saying => ({
        level: isObject ? level : null,
        raw: isObject ? { ...rest, stockStatus } : null,
      }),
    )
    .filter(({ raw }) => [raw?.['uninterruptablePrice'], raw?.['minimumBidPrice']].every(isJsonNumber));

/** Returns whether JSON can express a value. JSON cannot express infinity. */
const isJsonNumber = (value: unknown) => typeof value !== 'number' || Number.isFinite(value);

const questions = fc.integer({ min: 1, max: 16 }).chain((gpuCount) =>
  fc.record({
    gpuCount: fc.constant(gpuCount),
    gpuType: fc
      .record({ secureCloud: flags, securePrice: fc.constantFrom(0.43, 1, Number.MAX_VALUE, Number.MIN_VALUE, null) })
      .map(gpuTypeOf),
    reported: fc.uniqueArray(
      fc.record({
        id: fc.oneof(fc.constantFrom('EU-RO-1', 'eu-ro-1', '__proto__', 'constructor'), fc.string({ minLength: 1 })),
        saying: sayings(gpuCount),
      }),
      { selector: ({ id }) => id, minLength: 1, maxLength: 6 },
    ),
  }),
);

/**
 * Returns the price if the gateway must show it. Returns `null` if the price is not positive, or so extreme that the gateway may omit it.
 */
function usual(price: unknown): number | null {
  return typeof price === 'number' && price > 0.01 && price < 1000 ? price : null;
}

const shownPrices = (cell: Cell) => (cell.failure === null ? [cell.onDemandPrice, cell.spotPrice] : []);

describe('the cells that result from any answer of RunPod about prices', () => {
  const observe = async ({
    gpuCount,
    gpuType,
    reported,
  }: typeof questions extends fc.Arbitrary<infer T> ? T : never) => {
    const rawById = new Map(reported.map(({ id, saying }) => [id, saying.raw]));
    const lowestPrice = ({ input }: { input: { dataCenterId: string } }) => rawById.get(input.dataCenterId);
    const dataCenters = reported.map(({ id }) => dataCenterOf(id));
    const catalog = createCatalogOf({ gpuTypes: () => [{ id: gpuType.id, lowestPrice }] });
    const [{ cells } = { cells: [] }] = await catalog.observe({ gpuType, gpuTypes: [], gpuCount, dataCenters }, DEMAND);
    expect(cells.map(({ dataCenterId }) => dataCenterId)).toEqual(reported.map(({ id }) => id));
    return reported.map(({ saying }, index) => ({ ...saying, cell: cells[index] as Cell }));
  };
  const check = (holds: (question: Parameters<typeof observe>[0]) => Promise<void>) =>
    fc.assert(fc.asyncProperty(questions, holds), { numRuns: 500 });

  it('have the reported stock level where RunPod reports stock, and no stock elsewhere', () =>
    check(async (question) => {
      for (const { level, raw, cell } of await observe(question)) {
        const isEmpty = raw === null || Object.values(raw).every((value) => value === null);
        if (level !== null) expect(cell).toMatchObject({ failure: null, stock: level, available: level !== 'NONE' });
        else if (isEmpty) expect(cell).toMatchObject({ failure: null, stock: 'NONE', available: false });
        else if (cell.failure === null) expect(cell).toMatchObject({ stock: 'NONE', available: false });
        else expect(cell.failure.code).toBe('BAD_RESPONSE');
      }
    }));

  it('have only positive prices, and no number where RunPod sends null', () =>
    check(async (question) => {
      const { gpuCount, gpuType } = question;
      for (const { level, raw, cell } of await observe(question)) {
        for (const price of shownPrices(cell)) {
          expectPrice(price?.perPod ?? null);
          expectPrice(price?.perGpu ?? null);
        }
        if (cell.failure !== null) continue;
        if (!cell.available) expect(shownPrices(cell)).toEqual([null, null]);
        if (cell.spotPrice !== null && cell.onDemandPrice !== null) {
          expect(cell.spotPrice.perPod).toBeLessThan(cell.onDemandPrice.perPod);
        }
        const listed = level !== null && level !== 'NONE' && gpuType.secureCloud === true ? gpuType.securePrice : null;
        const quoted = Number(raw?.['uninterruptablePrice'] ?? 0);
        if (quoted <= 0 && listed === null) expect(cell.onDemandPrice).toBeNull();
        if (quoted <= 0 && usual(listed) !== null) {
          expect(cell.onDemandPrice?.perGpu).toBeCloseTo(Number(listed), 5);
          expect(cell.onDemandPrice?.perPod).toBeCloseTo(Number(listed) * gpuCount, 5);
        }
        if (Number(raw?.['minimumBidPrice'] ?? 0) <= 0) expect(cell.spotPrice).toBeNull();
        if (raw?.['availableGpuCounts'] == null) expect(cell.availableGpuCounts).toBeNull();
      }
    }));

  it('have the quoted prices if the pod is in stock', () =>
    check(async (question) => {
      const { gpuCount, gpuType } = question;
      if (gpuType.secureCloud !== true) return;
      for (const { level, raw, cell } of await observe(question)) {
        if (level === null || level === 'NONE' || cell.failure !== null) continue;
        const bid = usual(raw?.['minimumBidPrice']);
        // A bid is an offer only if it is below the on-demand price. The margin is for bids that are only slightly below the price: after
        // rounding, the two may be equal.
        const isOffer = bid !== null && bid < (cell.onDemandPrice?.perPod ?? Number.POSITIVE_INFINITY) - 1e-9;
        for (const [quote, shown] of [
          [usual(raw?.['uninterruptablePrice']), cell.onDemandPrice],
          [isOffer ? bid : null, cell.spotPrice],
        ] as const) {
          if (quote === null) continue;
          expect(shown?.perPod).toBeCloseTo(quote, 5);
          expect(shown?.perGpu).toBeCloseTo(quote / gpuCount, 5);
        }
      }
    }));

  it('never have a meaningless filler as their price if secure cloud does not offer the GPU type', () =>
    check(async (question) => {
      const { gpuCount, gpuType } = question;
      if (gpuType.secureCloud === true) return;
      const fillers: unknown[] = FILLERS.flatMap((filler) => [filler, filler * gpuCount]);
      for (const { raw, cell } of await observe(question)) {
        if (cell.failure !== null) continue;
        if (fillers.includes(raw?.['uninterruptablePrice'])) expect(cell.onDemandPrice).toBeNull();
        if (fillers.includes(raw?.['minimumBidPrice'])) expect(cell.spotPrice).toBeNull();
      }
    }));

  it('exist once for each data center if the answer contains only the requested GPU type; other answers are rejected', async () => {
    const lists = rowsOf<Raw>('GpuType', { id: ids });
    await fc.assert(
      fc.asyncProperty(lists, async (gpuTypes) => {
        const reading = createCatalogOf({ gpuTypes }).observe(
          { gpuType: gpuTypeOf({}), gpuTypes: [], gpuCount: 1, dataCenters: [dataCenterOf('EU-RO-1')] },
          DEMAND,
        );
        if (gpuTypes?.length !== 1 || gpuTypes[0]?.['id'] !== 'NVIDIA L4') {
          await expect(reading).rejects.toBeInstanceOf(UpstreamAnswerError);
          return;
        }
        expect((await reading)[0]?.cells).toMatchObject([{ dataCenterId: 'EU-RO-1', stock: 'NONE', available: false }]);
      }),
    );
  });
});
