import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBoard } from '../../src/board/board.ts';
import { QueryError, type SendQuery } from '../../src/board/gateway/send-query.ts';
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

/** Opens a board with a fake gateway. `respond` runs before each response. It can delay the response, or throw instead. */
function openBoard({
  isMatrixNeeded = false,
  isFindShown = false,
  respond = async (_query: QueryName): Promise<void> => {},
} = {}) {
  const sent: QueryName[] = [];
  const signals: Partial<Record<QueryName, AbortSignal>> = {};
  const findSearch = signal('');
  const needed = { isMatrixNeeded: signal(isMatrixNeeded), isFindShown: signal(isFindShown) };
  const sendQuery = (async (document: unknown, _variables: unknown, abort: AbortSignal) => {
    const name = document === BoardListsDocument ? 'lists' : document === BoardCellsDocument ? 'cells' : 'find';
    sent.push(name);
    signals[name] = abort;
    await respond(name);
    return { lists: LISTS, cells: CELLS, find: PLACEMENT }[name];
  }) as SendQuery;
  const board = createBoard({
    ...needed,
    now: signal(0),
    sendQuery,
    subscribe: () => () => {},
    filters: signal(DEFAULT_FILTERS),
    address: { search: signal(''), push: () => {}, replace: () => {} },
    findSearch,
    key: signal<string | null>('k1'),
    onAppeared: () => {},
    onOutdated: () => {},
  });
  return { board, sent, signals, findSearch, ...needed };
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

  it('shows one outage until a whole read has succeeded', async () => {
    let isFailing = true;
    const { board } = openBoard({
      isFindShown: true,
      async respond(query) {
        if (isFailing && query === 'find') throw new QueryError('runpod', 'RunPod does not answer.');
      },
    });
    const causes: (string | undefined)[] = [];
    board.outage.subscribe((outage) => causes.push(outage?.cause));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(causes.length).toBeGreaterThan(3);
    expect(new Set(causes.slice(1))).toEqual(new Set(['runpod']));
    isFailing = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(board.outage.value).toBeNull();
  });

  it('neither aborts nor repeats the query for cells when the visitor searches for other pods', async () => {
    const { sent, signals, findSearch } = openBoard({
      isMatrixNeeded: true,
      isFindShown: true,
      // The cells never arrive.
      respond: (query) => (query === 'cells' ? new Promise(() => {}) : Promise.resolve()),
    });
    await vi.advanceTimersByTimeAsync(0);
    const asked = signals.find;
    findSearch.value = '?gpu=B200';
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.filter((query) => query === 'find')).toHaveLength(2);
    expect(sent.filter((query) => query === 'cells')).toHaveLength(1);
    expect([signals.cells?.aborted, asked?.aborted]).toEqual([false, true]);
  });

  it('forgets cells that nothing has needed for longer than the time between two reads', async () => {
    const { board, isMatrixNeeded } = openBoard({ isMatrixNeeded: true });
    const leaveFor = async (ms: number) => {
      isMatrixNeeded.value = false;
      await vi.advanceTimersByTimeAsync(ms);
      isMatrixNeeded.value = true;
    };
    await vi.advanceTimersByTimeAsync(0);
    await leaveFor(20_000);
    expect(board.offers.value).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(0);
    await leaveFor(20_001);
    expect([board.offers.value, board.state.hasRead.value]).toEqual([[], false]);
    await vi.advanceTimersByTimeAsync(0);
    expect(board.offers.value).toHaveLength(1);
  });

  it('forgets all data when the visitor removes the key, even if the gateway does not answer', async () => {
    let isAway = false;
    const { board } = openBoard({
      isMatrixNeeded: true,
      isFindShown: true,
      async respond() {
        if (isAway) throw new QueryError('unreachable', 'The gateway cannot be reached.');
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    const data = () => [board.state.lists.value, board.offers.value.length, board.find.answer.value];
    expect(data()).toEqual([LISTS, 1, expect.anything()]);
    isAway = true;
    board.setKey('k2');
    await vi.advanceTimersByTimeAsync(0);
    expect(data()).toEqual([LISTS, 1, expect.anything()]);
    board.setKey(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(data()).toEqual([null, 0, null]);
  });

  it('accepts a key as soon as the lists have arrived', async () => {
    let isRejecting = true;
    const { board } = openBoard({
      isFindShown: true,
      async respond(query) {
        if (isRejecting) throw new QueryError('unauthenticated', 'The gateway requires a key.');
        if (query === 'find') throw new QueryError('runpod', 'RunPod does not answer.');
      },
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(board.keyProblem.value).toBe('wrong');
    isRejecting = false;
    board.setKey('k2');
    await vi.advanceTimersByTimeAsync(0);
    expect([board.keyProblem.value, board.outage.value?.cause]).toEqual([null, 'runpod']);
  });
});
