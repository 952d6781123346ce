import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRings } from '../../../src/board/alerts/appearances.ts';
import { type Cell, keyOf } from '../../../src/board/state/cell.ts';
import { someCell } from '../sample-cells.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('rings', () => {
  it('tell together of what is still there a moment later', () => {
    const now = new Map<string, Cell>();
    const told: string[][] = [];
    const ring = createRings({
      cellNow: (key) => now.get(key),
      tell: (cells) => told.push(cells.map(({ gpuType }) => gpuType.id)),
    });
    const [a, b, gone] = [someCell('A', 'EU-1', 1), someCell('B', 'EU-1', 1), someCell('C', 'EU-1', 1)];
    for (const cell of [a, b]) now.set(keyOf(cell), cell);
    now.set(keyOf(gone), someCell('C', 'EU-1', null));
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
