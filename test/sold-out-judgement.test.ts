import { describe, expect, it } from 'vitest';
import type { RememberedObservation } from '../src/cache/remembered-observation.ts';
import { isAllSoldOut, judgeSoldOut } from '../src/cache/sold-out.ts';
import type { Observation } from '../src/domain/observation.ts';
import { failedCell } from './support/cached-catalog.ts';
import { cellOf, observationOf } from './support/cells.ts';

const CONFIRM_AFTER_MS = 30_000;

const soldOut = (id: string) => cellOf(id, 0, { available: false, stock: 'NONE' });
const inStock = (count: number) => Array.from({ length: count }, (_, index) => cellOf(`in stock ${index}`, 0));

/** Creates what the gateway remembers about a GPU type. `doubtedAt` is when it requested an answer that it doubts, if any. */
const rememberedOf = (cells: Observation['cells'], doubtedAt?: number): RememberedObservation => ({
  latest: observationOf('a GPU type', 0, cells),
  lastKnown: [],
  doubted: doubtedAt === undefined ? null : { askedAt: doubtedAt, observedAt: new Date(doubtedAt).toISOString() },
});

describe('an answer', () => {
  const answerOf = (...cells: readonly Observation['cells'][]) =>
    cells.map((own, index) => observationOf(`GPU type ${index}`, 0, own));

  it.each<[string, readonly Observation[], boolean]>([
    ['if each observed cell of several GPU types is', answerOf([soldOut('A'), failedCell('B')], [soldOut('A')]), true],
    ['even if all cells of one of several GPU types failed', answerOf([soldOut('A')], [failedCell('A')]), true],
    ['but not if it covers only one GPU type', answerOf([soldOut('A')]), false],
    ['but not if all cells failed', answerOf([failedCell('A')], [failedCell('A')]), false],
    ['but not if a single cell is in stock', answerOf([soldOut('A'), cellOf('B', 0)], [soldOut('A')]), false],
    ['but not if it is empty', [], false],
  ])('counts as entirely sold out %s', (_when, answer, expected) => {
    expect(isAllSoldOut(answer)).toBe(expected);
  });
});

describe('an answer in which everything is sold out', () => {
  const judge = (...before: readonly RememberedObservation[]) => judgeSoldOut(before, 100_000, CONFIRM_AFTER_MS);

  it('is doubted if ten cells of three GPU types were in stock', () => {
    expect(judge(...[4, 3, 3].map((count) => rememberedOf(inStock(count))))).toBe('newly doubted');
  });

  it.each<[string, readonly RememberedObservation[]]>([
    ['fewer than ten cells were in stock', [3, 3, 3].map((count) => rememberedOf(inStock(count)))],
    ['fewer than three GPU types were in stock', [9, 9, 0].map((count) => rememberedOf(inStock(count)))],
    [
      'the other cells were sold out or had failed',
      [3, 3, 3].map((count) => rememberedOf([...inStock(count), soldOut('A'), failedCell('B')])),
    ],
    ['nothing was known', []],
  ])('is believed if %s', (_when, before) => {
    expect(judge(...before)).toBe('believed');
  });

  it('is still doubted if it was requested too soon after the first doubted answer, and is believed otherwise', () => {
    const doubtedAt = 100_000 - CONFIRM_AFTER_MS;
    expect(judge(rememberedOf([], doubtedAt), rememberedOf([], 99_999))).toBe('believed');
    expect(judge(rememberedOf([], 99_999), rememberedOf([], doubtedAt + 1), rememberedOf([]))).toBe('still doubted');
  });
});
