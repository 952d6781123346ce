import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBoard } from '../../src/board/board.ts';
import type { SendQuery } from '../../src/board/gateway/send-query.ts';
import { BoardCellsDocument, BoardListsDocument } from '../../src/board/graphql/graphql.ts';
import { DEFAULT_FILTERS } from '../../src/board/view/filters.ts';
import { sampleCell, sampleDataCenter, sampleGpuType, sampleLists } from './sample-cells.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const LISTS = sampleLists([sampleGpuType('A')], [sampleDataCenter('EU-1')]);
const CELLS = { gpuAvailability: { nodes: [sampleCell('A', 'EU-1', 1)], coverage: { failures: [] } } };
const PLACEMENT = {
  placement: {
    totalCount: 0,
    options: [],
    excluded: [],
    relaxations: [],
    coverage: { expected: 0, observed: 0, failures: [] },
    freshness: { observedAt: '2026-01-01T00:00:00Z', stale: false },
  },
};

type QueryName = 'lists' | 'cells' | 'find';

/** Opens a board. `respond` runs before each response, and can throw instead. */
function openBoard({ isMatrixNeeded = false, isFindShown = false, respond = (_query: QueryName) => {} } = {}) {
  const sent: QueryName[] = [];
  const needed = { isMatrixNeeded: signal(isMatrixNeeded), isFindShown: signal(isFindShown) };
  const sendQuery = (async (document: unknown) => {
    const name = document === BoardListsDocument ? 'lists' : document === BoardCellsDocument ? 'cells' : 'find';
    sent.push(name);
    respond(name);
    return { lists: LISTS, cells: CELLS, find: PLACEMENT }[name];
  }) as SendQuery;
  const board = createBoard({
    ...needed,
    now: signal(0),
    sendQuery,
    subscribe: () => () => {},
    filters: signal(DEFAULT_FILTERS),
    address: { search: signal(''), push: () => {}, replace: () => {} },
    findSearch: signal(''),
    key: signal<string | null>('k1'),
    onAppeared: () => {},
    onOutdated: () => {},
  });
  return { board, sent, ...needed };
}

describe('the board', () => {
  it('reads nothing while no view needs data', async () => {
    const { sent, isFindShown } = openBoard();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sent).toEqual([]);
    isFindShown.value = true;
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(['lists', 'find']);
    isFindShown.value = false;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(sent).toEqual(['lists', 'find']);
  });
});
