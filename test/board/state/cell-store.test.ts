import { describe, expect, it } from 'vitest';
import { cellKey, stockLabelOf } from '../../../src/board/state/cell.ts';
import { createCellStore } from '../../../src/board/state/cell-store.ts';
import { sampleCell } from '../sample-cells.ts';

const KEY = cellKey('A', 'EU-1');
const LATER = { observedAt: '2026-01-01T00:01:00.000Z' };

describe('the cells in the store', () => {
  it('are replaced by newer observations, which count as changes only if a visitor can see a difference', () => {
    const store = createCellStore(Date.now);
    store.put([sampleCell('A', 'EU-1', null)]);
    expect(store.get(KEY)?.changes).toBe(0);
    store.put([sampleCell('A', 'EU-1', null, LATER)]);
    expect(store.get(KEY)?.changes).toBe(0);
    store.put([sampleCell('A', 'EU-1', 1, LATER)]);
    expect(store.get(KEY)).toMatchObject({ cell: { stock: 'LOW' }, changes: 1, changedAt: expect.any(Number) });
  });

  it('are not replaced by an older observation', () => {
    const store = createCellStore(Date.now);
    store.put([sampleCell('A', 'EU-1', 1, LATER)]);
    store.put([sampleCell('A', 'EU-1', null)]);
    expect(store.get(KEY)?.cell.stock).toBe('LOW');
  });

  it('become unknown when the gateway has no observation left', () => {
    const store = createCellStore(Date.now);
    store.put([sampleCell('A', 'EU-1', 1)]);
    store.put([sampleCell('A', 'EU-1', null, { stock: 'UNKNOWN', available: null, observedAt: null })]);
    expect(store.get(KEY)?.cell.stock).toBe('UNKNOWN');
  });

  it('count as appeared only if they were unavailable when their stock was last known', () => {
    const store = createCellStore(Date.now);
    const unknown = { stock: 'UNKNOWN' as const, available: null, observedAt: null };
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toEqual([]);
    store.put([sampleCell('A', 'EU-1', null, unknown)]);
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toEqual([]);
    store.put([sampleCell('A', 'EU-1', null)]);
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toHaveLength(1);
  });

  it('count as appeared after a time with unknown stock, and when they are new and reported as appeared', () => {
    const store = createCellStore(Date.now);
    const unknown = { stock: 'UNKNOWN' as const, available: null, observedAt: null };
    store.put([sampleCell('A', 'EU-1', null)]);
    store.put([sampleCell('A', 'EU-1', null, unknown)]);
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toHaveLength(1);
    expect(store.put([sampleCell('B', 'EU-1', 1)], true).appeared).toHaveLength(1);
    store.clear();
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toEqual([]);
  });

  it('of a GPU type stay the same object while only cells of other GPU types arrive', () => {
    const store = createCellStore(Date.now);
    store.put([sampleCell('A', 'EU-1', 1), sampleCell('B', 'EU-1', 1)]);
    const [a, b] = [store.all.value.get('A'), store.all.value.get('B')];
    store.put([sampleCell('A', 'EU-1', null, LATER)]);
    expect([store.all.value.get('A') === a, store.all.value.get('B') === b]).toEqual([false, true]);
  });
});

describe('the label of a cell', () => {
  it('distinguishes an unknown stock level from an unknown cell', () => {
    expect(stockLabelOf({ stock: 'UNKNOWN', available: true }).letter).toBe('✓');
    expect(stockLabelOf({ stock: 'UNKNOWN', available: null }).letter).toBe('?');
    expect(stockLabelOf({ stock: 'NONE', available: false }).letter).toBe('·');
  });
});
