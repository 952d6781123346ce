import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BoardState, createBoardState } from '../../../src/board/state/board-state.ts';

import { type Cell, cellKey } from '../../../src/board/state/cell.ts';
import { sampleCell, sampleDataCenter, sampleGpuType, sampleLists } from '../sample-cells.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const LISTS = sampleLists([sampleGpuType('A'), sampleGpuType('B')], [sampleDataCenter('EU-1')]);

function openState() {
  const appeared: string[] = [];
  const state = createBoardState({
    now: Date.now,
    onAppeared: (cells) => appeared.push(...cells.map(({ gpuType }) => gpuType.id)),
  });
  return { state, appeared };
}

/** Adds a response that contains only this cell. */
const respond = (state: BoardState, cell: Cell) =>
  state.addResponse({ response: { nodes: [cell], coverage: { failures: [] } }, gpuTypeIds: [cell.gpuType.id] });

const stockOf = (state: BoardState, gpuTypeId: string) => state.cells.get(cellKey(gpuTypeId, 'EU-1'))?.cell.stock;

describe('the state of the board', () => {
  it('applies responses together if they arrive within 100 milliseconds', () => {
    const { state } = openState();
    state.setLists(LISTS);
    const counts: number[] = [];
    state.readCount.subscribe((count) => counts.push(count));
    respond(state, sampleCell('A', 'EU-1', 1));
    vi.advanceTimersByTime(99);
    respond(state, sampleCell('B', 'EU-1', null));
    expect(stockOf(state, 'A')).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect([stockOf(state, 'A'), stockOf(state, 'B')]).toEqual(['LOW', 'NONE']);
    expect(counts).toEqual([0, 2]);
  });

  it('reports the appearance of a cell only if the lists are already loaded', () => {
    const { state, appeared } = openState();
    const change = (id: string) => ({ id: '1', kind: 'APPEARED' as const, after: sampleCell(id, 'EU-1', 1) });
    state.applyChange(change('A'));
    expect(appeared).toEqual([]);
    state.setLists(LISTS);
    state.applyChange(change('B'));
    expect(appeared).toEqual(['B']);
  });

  it('applies waiting responses at once when a read ends', () => {
    const { state } = openState();
    state.setLists(LISTS);
    respond(state, sampleCell('A', 'EU-1', 1));
    state.applyResponses();
    expect([stockOf(state, 'A'), state.summary.value.expected]).toEqual(['LOW', 1]);
  });

  it('knows whether a read has ended since the cells were forgotten', () => {
    const { state } = openState();
    expect(state.hasRead.value).toBe(false);
    state.applyResponses();
    expect(state.hasRead.value).toBe(true);
    state.forgetCells();
    expect(state.hasRead.value).toBe(false);
  });
});

describe('the state of the board forgets', () => {
  it('stored cells and waiting responses when the pod size changes', () => {
    const { state } = openState();
    state.setLists(LISTS);
    respond(state, sampleCell('A', 'EU-1', 1));
    state.applyResponses();
    respond(state, sampleCell('B', 'EU-1', 1));
    state.forgetCells();
    vi.advanceTimersByTime(1000);
    expect([stockOf(state, 'A'), stockOf(state, 'B'), state.readCount.value]).toEqual([undefined, undefined, 0]);
  });

  it('GPU types that are no longer listed', () => {
    const { state } = openState();
    state.setLists(LISTS);
    for (const id of ['A', 'B']) respond(state, sampleCell(id, 'EU-1', 1));
    state.applyResponses();
    state.setLists(sampleLists([sampleGpuType('B')], LISTS.dataCenters));
    expect([...state.responses.value.keys()]).toEqual(['B']);
  });

  it('every cell when the source changes, but not when its health changes', () => {
    const { state } = openState();
    state.setLists(LISTS);
    respond(state, sampleCell('A', 'EU-1', 1));
    state.applyResponses();
    state.setLists({ ...LISTS, upstream: { ...LISTS.upstream, health: 'DEGRADED' } });
    expect(stockOf(state, 'A')).toBe('LOW');
    state.setLists({ ...LISTS, upstream: { ...LISTS.upstream, source: 'RECORDED' } });
    expect([stockOf(state, 'A'), state.readCount.value]).toEqual([undefined, 0]);
  });
});
