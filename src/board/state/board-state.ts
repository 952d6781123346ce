import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Ask } from '../gateway/send-query.ts';
import { BoardCellsDocument, BoardInventoryDocument } from '../graphql/graphql.ts';
import type { Change } from '../live/subscribe.ts';
import { createSweeper, type Sweeper } from '../reading/cell-fetcher.ts';
import { createSchedule, type Schedule } from '../reading/read-schedule.ts';
import type { Cell } from './cell.ts';
import { type CellStore, createCellStore, type ShownCell } from './cell-store.ts';
import type { Inventory } from './lists.ts';
import { isOutdated } from './outdated.ts';
import { answersByType, type Part, type Summary, summarise, type TypeAnswer } from './summary.ts';

const isSameSource = (a: Inventory | null, b: Inventory): boolean =>
  a?.upstream.source === b.upstream.source && a.upstream.recordedAt === b.upstream.recordedAt;

/** Drawing takes long, so answers that arrive within so many milliseconds are drawn together. */
const TOGETHER_MS = 100;

/** What the gateway has answered so far, for pods of one size. */
export interface Knowledge {
  /** Null until the first answer. */
  readonly inventory: ReadonlySignal<Inventory | null>;
  readonly cells: CellStore;
  readonly summary: ReadonlySignal<Summary>;
  /** How many GPU types have been answered. */
  readonly answered: ReadonlySignal<number>;
  /** Whether the gateway cannot renew a stale cell. */
  isOutdated(shown: ShownCell): boolean;
  /**
   * Reads everything again, and takes in each answer when it comes. Resolves when only GPU types are missing that RunPod is
   * slow about; these come later. Rejects when the gateway does not answer, and when `signal` is aborted, which ends all of it.
   */
  read(gpuCount: number, signal: AbortSignal): Promise<void>;
  /** When to read again. */
  readonly nextReadInMs: Schedule['nextReadInMs'];
  takeChange(change: Change): void;
  /** Nothing is known about pods of another size. */
  forgetCells(): void;
}

/** What knowledge needs. */
export interface KnowledgeDeps {
  readonly ask: Ask;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  readonly onAppeared: (cells: readonly Cell[], inventory: Inventory) => void;
}

export function createKnowledge({ ask, now, onAppeared }: KnowledgeDeps): Knowledge {
  const inventory = signal<Inventory | null>(null);
  const cells = createCellStore(now);
  /** The latest answer about each GPU type, by its id. */
  const answers = signal<ReadonlyMap<string, TypeAnswer>>(new Map());
  const renewedAt = signal(Number.NEGATIVE_INFINITY);
  const schedule = createSchedule(now);
  const sweepers = new WeakMap<AbortSignal, Sweeper>();
  /** Answers that have arrived and are not taken in yet. */
  let arrived: readonly { readonly part: Part; readonly gpuTypeIds: readonly string[] }[] = [];
  let takingArrived: ReturnType<typeof setTimeout> | undefined;

  function take(news: readonly Cell[], areSaidToAppear = false): void {
    const { appeared, hasRenewed } = cells.put(news, areSaidToAppear);
    if (hasRenewed) renewedAt.value = now();
    const known = inventory.peek();
    if (appeared.length > 0 && known !== null) onAppeared(appeared, known);
  }

  function arrive(part: Part, gpuTypeIds: readonly string[]): void {
    arrived = [...arrived, { part, gpuTypeIds }];
    takingArrived ??= setTimeout(takeArrived, TOGETHER_MS);
  }

  function takeArrived(): void {
    clearTimeout(takingArrived);
    takingArrived = undefined;
    const byType = arrived.flatMap(({ part, gpuTypeIds }) => [...answersByType(part, gpuTypeIds)]);
    const nodes = arrived.flatMap(({ part }) => part.nodes);
    arrived = [];
    batch(() => {
      take(nodes);
      answers.value = new Map([...answers.peek(), ...byType]);
    });
  }

  function forgetCells(): void {
    arrived = [];
    batch(() => {
      cells.clear();
      answers.value = new Map();
    });
  }

  function sweeperFor(gpuCount: number, ending: AbortSignal): Sweeper {
    const readCells = async (gpuTypeIds: readonly string[], abort: AbortSignal) => {
      const { gpuAvailability } = await ask(BoardCellsDocument, { gpuCount, gpuTypeIds }, abort);
      abort.throwIfAborted();
      arrive(gpuAvailability, gpuTypeIds);
    };
    const sweeper = sweepers.get(ending) ?? createSweeper({ read: readCells, signal: ending });
    sweepers.set(ending, sweeper);
    return sweeper;
  }

  async function read(gpuCount: number, ending: AbortSignal): Promise<void> {
    const next = await ask(BoardInventoryDocument, {}, ending);
    // Answers of one source are neither older nor newer than those of another.
    if (inventory.peek() !== null && !isSameSource(inventory.peek(), next)) forgetCells();
    const ids = next.gpuTypes.map(({ id }) => id);
    batch(() => {
      inventory.value = next;
      answers.value = new Map([...answers.peek()].filter(([id]) => ids.includes(id)));
    });
    await sweeperFor(gpuCount, ending).sweep(plan(ids, answers.peek()));
    takeArrived();
    schedule.hasRead(ids, answers.peek());
  }

  return {
    inventory,
    cells,
    summary: computed(() => summarise([...answers.value.values()])),
    answered: computed(() => answers.value.size),
    isOutdated: (shown) =>
      isOutdated(shown, { health: inventory.value?.upstream.health ?? 'UP', renewedAt: renewedAt.value }),
    read,
    nextReadInMs: schedule.nextReadInMs,
    takeChange: ({ kind, after }) => take([after], kind === 'APPEARED'),
    forgetCells,
  };
}

/** The gateway has in memory what it has answered before. Of anything else it is only known that RunPod may have to be asked. */
function plan(ids: readonly string[], answers: ReadonlyMap<string, TypeAnswer>): Parameters<Sweeper['sweep']>[0] {
  const inMemory = ids.filter((id) => answers.get(id)?.failures.length === 0);
  if (inMemory.length === 0) return { together: ids, singly: [] };
  return { together: inMemory, singly: ids.filter((id) => !inMemory.includes(id)) };
}
