import { describe, expect, it } from 'vitest';
import { cellKey, stockLabelOf } from '../../../src/board/state/cell.ts';
import { createCellStore } from '../../../src/board/state/cell-store.ts';
import { sampleCell } from '../sample-cells.ts';

const KEY = cellKey('A', 'EU-1');
const LATER = { observedAt: '2026-01-01T00:01:00.000Z' };

describe('the cells that are known', () => {
  it('change when a newer answer says so, and are counted then', () => {
    const store = createCellStore(Date.now);
    store.put([sampleCell('A', 'EU-1', null)]);
    expect(store.watch(KEY).value?.changes).toBe(0);
    store.put([sampleCell('A', 'EU-1', null, LATER)]);
    expect(store.watch(KEY).value?.changes).toBe(0);
    store.put([sampleCell('A', 'EU-1', 1, LATER)]);
    expect(store.watch(KEY).value).toMatchObject({ cell: { stock: 'LOW' }, changes: 1 });
  });

  it('are not undone by an older answer', () => {
    const store = createCellStore(Date.now);
    store.put([sampleCell('A', 'EU-1', 1, LATER)]);
    store.put([sampleCell('A', 'EU-1', null)]);
    expect(store.watch(KEY).value?.cell.stock).toBe('LOW');
  });

  it('become unknown when nothing is left to serve', () => {
    const store = createCellStore(Date.now);
    store.put([sampleCell('A', 'EU-1', 1)]);
    store.put([sampleCell('A', 'EU-1', null, { stock: 'UNKNOWN', available: null, observedAt: null })]);
    expect(store.watch(KEY).value?.cell.stock).toBe('UNKNOWN');
  });

  it('have appeared when they were verified to be none, and not when they were not known', () => {
    const store = createCellStore(Date.now);
    const unknown = { stock: 'UNKNOWN' as const, available: null, observedAt: null };
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toEqual([]);
    store.put([sampleCell('A', 'EU-1', null, unknown)]);
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toEqual([]);
    store.put([sampleCell('A', 'EU-1', null)]);
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toHaveLength(1);
  });

  it('have appeared over a time in which they were not known, and when that is said of one that was never known', () => {
    const store = createCellStore(Date.now);
    const unknown = { stock: 'UNKNOWN' as const, available: null, observedAt: null };
    store.put([sampleCell('A', 'EU-1', null)]);
    store.put([sampleCell('A', 'EU-1', null, unknown)]);
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toHaveLength(1);
    expect(store.put([sampleCell('B', 'EU-1', 1)], true).appeared).toHaveLength(1);
    store.clear();
    expect(store.put([sampleCell('A', 'EU-1', 1)]).appeared).toEqual([]);
  });

  it('tell who watches one of them of that one alone', () => {
    const store = createCellStore(Date.now);
    let told = 0;
    store.watch(KEY).subscribe(() => {
      told += 1;
    });
    store.put([sampleCell('B', 'EU-1', 1)]);
    expect(told).toBe(1);
    store.put([sampleCell('A', 'EU-1', 1)]);
    store.clear();
    expect(told).toBe(3);
  });
});

describe('the face of a cell', () => {
  it('tells a level that is not known from a cell that is not known', () => {
    expect(stockLabelOf({ stock: 'UNKNOWN', available: true }).letter).toBe('✓');
    expect(stockLabelOf({ stock: 'UNKNOWN', available: null }).letter).toBe('?');
    expect(stockLabelOf({ stock: 'NONE', available: false }).letter).toBe('-');
  });
});
