import { describe, expect, it } from 'vitest';
import { doubt, type RememberedObservation, recall } from '../src/cache/remembered-observation.ts';
import type { Observation, ObservedCell } from '../src/domain/observation.ts';

const OBSERVED_AT = '2025-11-14T17:42:42.000Z';
const LIMITS = { freshMs: 60_000, staleMs: 3_600_000 };

const cell: ObservedCell = {
  dataCenterId: 'EU-RO-1',
  failure: null,
  observedAt: OBSERVED_AT,
  askedAt: 0,
  stale: false,
  available: true,
  stock: 'LOW',
  onDemandPrice: { perGpu: 1, perPod: 1 },
  spotPrice: null,
  availableGpuCounts: null,
  spotObservedAt: null,
  spotAskedAt: null,
  source: 'RUNPOD_GRAPHQL',
};
const remembered: RememberedObservation = {
  latest: { gpuTypeId: 'NVIDIA L4', gpuCount: 1, cells: [cell], observedAt: OBSERVED_AT, askedAt: 0 },
  lastKnown: [],
  doubted: null,
};
const cellsAfter = (ms: number) => recall(remembered, LIMITS, ms).cells;

describe('an observed cell', () => {
  it('is served unchanged while it is fresh, then as stale, and finally as failed', () => {
    expect(cellsAfter(59_999)).toEqual([cell]);
    expect(cellsAfter(60_000)).toEqual([{ ...cell, stale: true }]);
    expect(cellsAfter(3_599_999)).toEqual([{ ...cell, stale: true }]);
    expect(cellsAfter(3_600_000)).toMatchObject([{ dataCenterId: 'EU-RO-1', failure: { code: 'NOT_ATTEMPTED' } }]);
  });

  it('loses a spot price from another answer once that answer reaches the age limit, but keeps one from its own answer', () => {
    const spot = { spotPrice: { perGpu: 0.5, perPod: 0.5 }, availableGpuCounts: [1, 2], spotAskedAt: 1000 };
    const recallAt = (spotObservedAt: string, ms: number) => {
      const fresh = { ...cell, ...spot, askedAt: ms - 1, spotObservedAt };
      return recall({ ...remembered, latest: { ...remembered.latest, cells: [fresh], askedAt: ms - 1 } }, LIMITS, ms)
        .cells;
    };
    const other = '2025-11-14T17:00:00.000Z';
    expect(recallAt(other, 3_600_999)).toMatchObject([spot]);
    expect(recallAt(other, 3_601_000)).toMatchObject([
      { stale: false, spotPrice: null, availableGpuCounts: null, spotObservedAt: null, spotAskedAt: null },
    ]);
    expect(recallAt(OBSERVED_AT, 3_601_000)).toMatchObject([spot]);
  });
});

describe('a doubted answer', () => {
  const answerAt = (askedAt: number): Observation => ({ ...remembered.latest, askedAt });

  it('is recorded only if it is not older than the remembered answer, and if no other answer is doubted', () => {
    const before = { ...remembered, latest: answerAt(1000) };
    expect(doubt(answerAt(999), before)).toBe(before);
    const doubting = doubt(answerAt(1000), before);
    expect(doubting).toEqual({ ...before, doubted: { askedAt: 1000, observedAt: OBSERVED_AT } });
    expect(doubt(answerAt(2000), doubting)).toBe(doubting);
  });

  it('makes every cell failed if nothing is remembered', () => {
    expect(doubt(answerAt(1000), undefined)).toMatchObject({
      latest: { cells: [{ dataCenterId: 'EU-RO-1', failure: { code: 'BAD_RESPONSE' } }], askedAt: 1000 },
      lastKnown: [],
      doubted: { askedAt: 1000, observedAt: OBSERVED_AT },
    });
  });
});
