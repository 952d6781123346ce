import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { SendQuery } from '../gateway/send-query.ts';
import { BoardCellsDocument, BoardListsDocument } from '../graphql/graphql.ts';
import type { Change } from '../live/subscribe.ts';
import { type CellFetcher, createCellFetcher } from '../reading/cell-fetcher.ts';
import { createReadSchedule, type ReadSchedule } from '../reading/read-schedule.ts';
import type { Cell } from './cell.ts';
import { type CellStore, createCellStore, type ShownCell } from './cell-store.ts';
import type { Lists } from './lists.ts';
import { isOutdated } from './outdated.ts';
import { type CellsResponse, type GpuTypeResponse, responsesByType, type Summary, summarise } from './summary.ts';

const isSameSource = (a: Lists | null, b: Lists): boolean =>
  a?.upstream.source === b.upstream.source && a.upstream.recordedAt === b.upstream.recordedAt;

/** Drawing takes long, so responses that arrive within so many milliseconds are drawn together. */
const TOGETHER_MS = 100;

/** What the gateway has answered so far, for pods of one size. */
export interface BoardState {
  /** Null until the first answer. */
  readonly lists: ReadonlySignal<Lists | null>;
  readonly cells: CellStore;
  readonly summary: ReadonlySignal<Summary>;
  /** How many GPU types have been answered. */
  readonly readCount: ReadonlySignal<number>;
  /** Whether the gateway cannot renew a stale cell. */
  isOutdated(shown: ShownCell): boolean;
  /**
   * Reads everything again, and takes in each answer when it comes. Resolves when only GPU types are missing that RunPod is
   * slow about; these come later. Rejects when the gateway does not answer, and when `signal` is aborted, which ends all of it.
   */
  read(gpuCount: number, signal: AbortSignal): Promise<void>;
  /** When to read again. */
  readonly nextReadInMs: ReadSchedule['nextReadInMs'];
  takeChange(change: Change): void;
  /** Nothing is known about pods of another size. */
  forgetCells(): void;
}

/** What knowledge needs. */
export interface BoardStateDeps {
  readonly sendQuery: SendQuery;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  readonly onAppeared: (cells: readonly Cell[], lists: Lists) => void;
}

export function createBoardState({ sendQuery, now, onAppeared }: BoardStateDeps): BoardState {
  const lists = signal<Lists | null>(null);
  const cells = createCellStore(now);
  /** The latest answer about each GPU type, by its id. */
  const responses = signal<ReadonlyMap<string, GpuTypeResponse>>(new Map());
  const renewedAt = signal(Number.NEGATIVE_INFINITY);
  const schedule = createReadSchedule(now);
  const fetchers = new WeakMap<AbortSignal, CellFetcher>();
  /** Answers that have arrived and are not taken in yet. */
  let arrived: readonly { readonly part: CellsResponse; readonly gpuTypeIds: readonly string[] }[] = [];
  let takingArrived: ReturnType<typeof setTimeout> | undefined;

  function take(changed: readonly Cell[], areReportedAsAppeared = false): void {
    const { appeared, hasRenewed } = cells.put(changed, areReportedAsAppeared);
    if (hasRenewed) renewedAt.value = now();
    const known = lists.peek();
    if (appeared.length > 0 && known !== null) onAppeared(appeared, known);
  }

  function arrive(part: CellsResponse, gpuTypeIds: readonly string[]): void {
    arrived = [...arrived, { part, gpuTypeIds }];
    takingArrived ??= setTimeout(takeArrived, TOGETHER_MS);
  }

  function takeArrived(): void {
    clearTimeout(takingArrived);
    takingArrived = undefined;
    const byType = arrived.flatMap(({ part, gpuTypeIds }) => [...responsesByType(part, gpuTypeIds)]);
    const nodes = arrived.flatMap(({ part }) => part.nodes);
    arrived = [];
    batch(() => {
      take(nodes);
      responses.value = new Map([...responses.peek(), ...byType]);
    });
  }

  function forgetCells(): void {
    arrived = [];
    batch(() => {
      cells.clear();
      responses.value = new Map();
    });
  }

  function fetcherFor(gpuCount: number, ending: AbortSignal): CellFetcher {
    const fetchCells = async (gpuTypeIds: readonly string[], abort: AbortSignal) => {
      const { gpuAvailability } = await sendQuery(BoardCellsDocument, { gpuCount, gpuTypeIds }, abort);
      abort.throwIfAborted();
      arrive(gpuAvailability, gpuTypeIds);
    };
    const fetcher = fetchers.get(ending) ?? createCellFetcher({ fetchCells, signal: ending });
    fetchers.set(ending, fetcher);
    return fetcher;
  }

  async function read(gpuCount: number, ending: AbortSignal): Promise<void> {
    const next = await sendQuery(BoardListsDocument, {}, ending);
    // Answers of one source are neither older nor newer than those of another.
    if (lists.peek() !== null && !isSameSource(lists.peek(), next)) forgetCells();
    const ids = next.gpuTypes.map(({ id }) => id);
    batch(() => {
      lists.value = next;
      responses.value = new Map([...responses.peek()].filter(([id]) => ids.includes(id)));
    });
    await fetcherFor(gpuCount, ending).fetchAll(plan(ids, responses.peek()));
    takeArrived();
    schedule.recordRead(ids, responses.peek());
  }

  return {
    lists,
    cells,
    summary: computed(() => summarise([...responses.value.values()])),
    readCount: computed(() => responses.value.size),
    isOutdated: (shown) =>
      isOutdated(shown, { health: lists.value?.upstream.health ?? 'UP', renewedAt: renewedAt.value }),
    read,
    nextReadInMs: schedule.nextReadInMs,
    takeChange: ({ kind, after }) => take([after], kind === 'APPEARED'),
    forgetCells,
  };
}

/** The gateway has in memory what it has answered before. Of anything else it is only known that RunPod may have to be asked. */
function plan(
  ids: readonly string[],
  responses: ReadonlyMap<string, GpuTypeResponse>,
): Parameters<CellFetcher['fetchAll']>[0] {
  const inMemory = ids.filter((id) => responses.get(id)?.failures.length === 0);
  if (inMemory.length === 0) return { together: ids, singly: [] };
  return { together: inMemory, singly: ids.filter((id) => !inMemory.includes(id)) };
}
