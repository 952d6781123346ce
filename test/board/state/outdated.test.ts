import { describe, expect, it } from 'vitest';
import { cellKey } from '../../../src/board/state/cell.ts';
import { createCellStore } from '../../../src/board/state/cell-store.ts';
import { isOutdated, type Renewal } from '../../../src/board/state/outdated.ts';
import { sampleCell } from '../sample-cells.ts';

/**
 * Stores the same stale cell at each of these times, in seconds of a fake clock. Returns a function that tells whether the cell is outdated
 * after the last time.
 */
function staleAnswersAt(...seconds: readonly number[]) {
  let nowMs = 0;
  const store = createCellStore(() => nowMs);
  for (const second of seconds) {
    nowMs = second * 1000;
    store.put([sampleCell('A', 'EU-1', 1, { stale: true })]);
  }
  const shown = store.get(cellKey('A', 'EU-1'));
  if (shown === undefined) throw new Error('not shown');
  return (renewing: Renewal) => isOutdated(shown, renewing);
}

const UP: Renewal = { health: 'UP', renewedAt: Number.NEGATIVE_INFINITY };
const DEGRADED: Renewal = { ...UP, health: 'DEGRADED' };

describe('a cell', () => {
  it('is not outdated when it has just become stale, even if RunPod fails', () => {
    expect(staleAnswersAt(0)(UP)).toBe(false);
    expect(staleAnswersAt(0)({ ...UP, health: 'DOWN' })).toBe(false);
  });

  it('is outdated when it is stale, RunPod fails, and the gateway has renewed no cell for three seconds', () => {
    expect(staleAnswersAt(0, 2.9)(DEGRADED)).toBe(false);
    expect(staleAnswersAt(0, 3)(DEGRADED)).toBe(true);
  });

  it('is outdated when it is stale and the gateway has renewed no cell for ten seconds', () => {
    expect(staleAnswersAt(0, 5, 9.9)(UP)).toBe(false);
    expect(staleAnswersAt(0, 5, 10)(UP)).toBe(true);
  });

  it('is not outdated while it is stale and the gateway renews other stale cells', () => {
    expect(staleAnswersAt(0, 5, 15)({ health: 'UP', renewedAt: 6000 })).toBe(false);
    expect(staleAnswersAt(0, 5, 16)({ health: 'UP', renewedAt: 6000 })).toBe(true);
    expect(staleAnswersAt(0, 5)({ health: 'DEGRADED', renewedAt: 3000 })).toBe(false);
  });

  it('is not outdated until it has been stale for ten more seconds after the page was asleep', () => {
    expect(staleAnswersAt(0, 1, 101)(UP)).toBe(false);
    expect(staleAnswersAt(0, 1, 101, 111)(UP)).toBe(true);
  });

  it('is not outdated while the gateway reports it as fresh, even if its observation is old', () => {
    const store = createCellStore(() => 0);
    store.put([sampleCell('A', 'EU-1', 1, { observedAt: '2020-01-01T00:00:00.000Z' })]);
    const shown = store.get(cellKey('A', 'EU-1'));
    expect(shown !== undefined && isOutdated(shown, { health: 'DOWN', renewedAt: 0 })).toBe(false);
  });
});
