import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createBoardState } from '../../../src/board/state/board-state.ts';
import { DEFAULT_FILTERS } from '../../../src/board/view/filters.ts';
import { createShownMatrix } from '../../../src/board/view/shown-matrix.ts';
import { sampleCell, sampleDataCenter, sampleGpuType, sampleLists } from '../sample-cells.ts';

const LATER = { observedAt: '2026-01-01T00:01:00.000Z' };

describe('the shown matrix', () => {
  it('stays the same object when new lists or a change of a cell leave its parts equal', () => {
    const state = createBoardState({ now: () => 0, onAppeared: () => {} });
    const listed = () => sampleLists([sampleGpuType('A'), sampleGpuType('B')], [sampleDataCenter('EU-1')]);
    state.setLists(listed());
    state.cells.put([sampleCell('A', 'EU-1', 1), sampleCell('B', 'EU-1', 2)]);
    const { matrix, offers } = createShownMatrix(state, signal(DEFAULT_FILTERS));
    const [first, lists] = [matrix.value, state.lists.value];
    state.setLists(listed());
    state.cells.put([sampleCell('A', 'EU-1', 1, { ...LATER, stock: 'HIGH' })]);
    expect([matrix.value === first, state.lists.value === lists]).toEqual([true, true]);
    expect(offers.value[0]?.cell.stock).toBe('HIGH');
    state.cells.put([sampleCell('B', 'EU-1', null, LATER)]);
    expect(matrix.value?.totals).toEqual({ 'EU-1': 1 });
    expect(matrix.value?.groups).toBe(first?.groups);
  });
});
