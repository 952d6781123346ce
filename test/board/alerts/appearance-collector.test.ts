import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAppearanceCollector } from '../../../src/board/alerts/appearance-collector.ts';
import { type Cell, cellKeyOf } from '../../../src/board/state/cell.ts';
import { sampleCell } from '../sample-cells.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('rings', () => {
  it('tell together of what is still there a moment later', () => {
    const now = new Map<string, Cell>();
    const told: string[][] = [];
    const ring = createAppearanceCollector({
      cellNow: (key) => now.get(key),
      onConfirmed: (cells) => told.push(cells.map(({ gpuType }) => gpuType.id)),
    });
    const [a, b, gone] = [sampleCell('A', 'EU-1', 1), sampleCell('B', 'EU-1', 1), sampleCell('C', 'EU-1', 1)];
    for (const cell of [a, b]) now.set(cellKeyOf(cell), cell);
    now.set(cellKeyOf(gone), sampleCell('C', 'EU-1', null));
    ring([a, gone]);
    ring([]);
    ring([b, a]);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([['A', 'B']]);
    ring([gone]);
    vi.advanceTimersByTime(1000);
    expect(told).toHaveLength(1);
  });
});
