import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Change } from '../live/subscribe.ts';
import type { Cell, ShownCell } from './cell.ts';
import { type CellStore, createCellStore } from './cell-store.ts';
import type { Lists } from './lists.ts';
import { isOutdated } from './outdated.ts';
import { previousIfEqual } from './previous-if-equal.ts';
import { type GpuTypeResponse, responsesByType } from './response.ts';
import { type ArrivedResponse, createResponseBatch } from './response-batch.ts';
import { type Summary, summarise } from './summary.ts';

/** The data that the board has received from the gateway, for pods of the size that the visitor has chosen. */
export interface BoardState {
  /** The lists of GPU types and data centers; null until they have arrived. */
  readonly lists: ReadonlySignal<Lists | null>;
  readonly cells: CellStore;
  /** The latest response about each GPU type, by GPU type id. */
  readonly responses: ReadonlySignal<ReadonlyMap<string, GpuTypeResponse>>;
  readonly summary: ReadonlySignal<Summary>;
  /** The number of GPU types for which a response has arrived. */
  readonly readCount: ReadonlySignal<number>;
  /**
   * Whether a read of all GPU types has ended since the last call of `forgetCells`. A read does not wait for slow requests, so the GPU
   * types with slow requests may still lack a response.
   */
  readonly hasRead: ReadonlySignal<boolean>;
  /** Whether this cell is old because the gateway cannot get a newer observation of it. */
  isOutdated(shown: ShownCell): boolean;
  /**
   * Replaces the lists. Drops the responses about GPU types that are not in the new lists. Drops every cell if the source of the gateway's
   * data has changed, or if `next` is null.
   */
  setLists(next: Lists | null): void;
  /** Applies a response within 100 milliseconds, together with the other responses that arrive in that time. */
  addResponse(arrived: ArrivedResponse): void;
  /** Applies the responses that `addResponse` has collected, without further delay. Called when a read has ended. */
  applyResponses(): void;
  applyChange(change: Change): void;
  /** Drops every cell and every response. Called when the pod size changes. */
  forgetCells(): void;
}

export interface BoardStateDeps {
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  /** Called with cells that have become available. */
  readonly onAppeared: (cells: readonly Cell[]) => void;
}

export function createBoardState({ now, onAppeared }: BoardStateDeps): BoardState {
  const lists = signal<Lists | null>(null);
  const cells = createCellStore(now);
  const responses = signal<ReadonlyMap<string, GpuTypeResponse>>(new Map());
  const hasRead = signal(false);
  const renewedAt = signal(Number.NEGATIVE_INFINITY);
  const waiting = createResponseBatch(applyAll);

  function putCells(changed: readonly Cell[], areReportedAsAppeared = false): void {
    const { appeared, hasRenewed } = cells.put(changed, areReportedAsAppeared);
    if (hasRenewed) renewedAt.value = now();
    if (appeared.length > 0 && lists.peek() !== null) onAppeared(appeared);
  }

  function applyAll(arrived: readonly ArrivedResponse[]): void {
    const byType = arrived.flatMap(({ response, gpuTypeIds }) => [...responsesByType(response, gpuTypeIds)]);
    batch(() => {
      putCells(arrived.flatMap(({ response }) => response.nodes));
      responses.value = new Map([...responses.peek(), ...byType]);
    });
  }

  function forgetCells(): void {
    waiting.clear();
    batch(() => {
      cells.clear();
      responses.value = new Map();
      hasRead.value = false;
    });
  }

  function setLists(next: Lists | null): void {
    const previous = lists.peek();
    // Drops the cells of the previous source, because observations of different sources cannot be compared by age.
    if (previous !== null && !isSameSource(previous, next)) forgetCells();
    batch(() => {
      lists.value = previousIfEqual(next, previous);
      responses.value = responsesIn(next, responses.peek());
    });
  }

  return {
    lists,
    cells,
    responses,
    summary: computed(() => summarise([...responses.value.values()])),
    readCount: computed(() => responses.value.size),
    hasRead,
    isOutdated: (shown) =>
      isOutdated(shown, { health: lists.value?.upstream.health ?? 'UP', renewedAt: renewedAt.value }),
    setLists,
    addResponse: waiting.add,
    applyResponses() {
      waiting.flush();
      hasRead.value = true;
    },
    applyChange: ({ kind, after }) => putCells([after], kind === 'APPEARED'),
    forgetCells,
  };
}

/** Returns only the responses whose GPU type is in the lists. */
function responsesIn(lists: Lists | null, responses: ReadonlyMap<string, GpuTypeResponse>): typeof responses {
  const ids = new Set(lists?.gpuTypes.map(({ id }) => id));
  return new Map([...responses].filter(([id]) => ids.has(id)));
}

const isSameSource = (a: Lists, b: Lists | null): boolean =>
  a.upstream.source === b?.upstream.source && a.upstream.recordedAt === b.upstream.recordedAt;
