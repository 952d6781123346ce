import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAppearanceCollector } from '../../../src/board/alerts/appearance-collector.ts';
import { type Cell, cellKeyOf } from '../../../src/board/state/cell.ts';
import { sampleCell } from '../sample-cells.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('an appearance collector', () => {
  it('collects appeared cells for a second, and then reports those that are still available in a single call', () => {
    const now = new Map<string, Cell>();
    const reported: string[][] = [];
    const collect = createAppearanceCollector({
      cellNow: (key) => now.get(key),
      onConfirmed: (cells) => reported.push(cells.map(({ gpuType }) => gpuType.id)),
    });
    const [a, b, gone] = [sampleCell('A', 'EU-1', 1), sampleCell('B', 'EU-1', 1), sampleCell('C', 'EU-1', 1)];
    for (const cell of [a, b]) now.set(cellKeyOf(cell), cell);
    now.set(cellKeyOf(gone), sampleCell('C', 'EU-1', null));
    collect([a, gone]);
    collect([]);
    collect([b, a]);
    vi.advanceTimersByTime(1000);
    expect(reported).toEqual([['A', 'B']]);
    collect([gone]);
    vi.advanceTimersByTime(1000);
    expect(reported).toHaveLength(1);
  });
});
