import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Ask } from './ask.ts';
import type { Cell } from './cell.ts';
import { type CellStore, createCellStore } from './cell-store.ts';
import { BoardInventoryDocument } from './graphql/graphql.ts';
import type { Inventory } from './inventory.ts';
import type { Change } from './live.ts';
import { type Part, type Summary, summarise } from './summary.ts';
import { sweep } from './sweep.ts';

const isSameSource = (a: Inventory | null, b: Inventory): boolean =>
  a?.upstream.source === b.upstream.source && a.upstream.recordedAt === b.upstream.recordedAt;

/** What the gateway has told so far, for pods of one size. */
export interface Knowledge {
  /** Null until the first answer. */
  readonly inventory: ReadonlySignal<Inventory | null>;
  readonly cells: CellStore;
  readonly summary: ReadonlySignal<Summary>;
  /** GPU types that have been answered. */
  readonly answered: ReadonlySignal<number>;
  /** Reads everything anew, and takes it in part by part. Rejects when the gateway has no answer to one of them. */
  read(gpuCount: number, signal: AbortSignal): Promise<void>;
  takeChange(change: Change): void;
  /** Of pods of another size nothing is known. */
  forgetCells(): void;
}

/** An answer, and about how many GPU types it is. */
interface Answered {
  readonly part: Part;
  readonly gpuTypes: number;
}

export function createKnowledge(
  ask: Ask,
  onAppeared: (cells: readonly Cell[], inventory: Inventory) => void,
): Knowledge {
  const inventory = signal<Inventory | null>(null);
  const cells = createCellStore();
  /** By the GPU types that they are about. */
  const parts = signal<ReadonlyMap<string, Answered>>(new Map());

  function take(news: readonly Cell[], areSaidToAppear = false): void {
    const appeared = cells.put(news, areSaidToAppear);
    const known = inventory.peek();
    if (appeared.length > 0 && known !== null) onAppeared(appeared, known);
  }

  function forgetCells(): void {
    batch(() => {
      cells.clear();
      parts.value = new Map();
    });
  }

  async function read(gpuCount: number, abort: AbortSignal): Promise<void> {
    const next = await ask(BoardInventoryDocument, {}, abort);
    // What one source told is neither older nor newer than what another tells.
    if (inventory.peek() !== null && !isSameSource(inventory.peek(), next)) forgetCells();
    inventory.value = next;
    const swept = new Map<string, Answered>();
    const onPart = (part: Part, gpuTypeIds: readonly string[]) =>
      batch(() => {
        swept.set(gpuTypeIds.join('\n'), { part, gpuTypes: gpuTypeIds.length });
        take(part.nodes);
        parts.value = new Map([...parts.peek(), ...swept]);
      });
    await sweep(ask, { gpuTypeIds: next.gpuTypes.map(({ id }) => id), gpuCount }, onPart, abort);
    parts.value = swept;
  }

  return {
    inventory,
    cells,
    summary: computed(() => summarise([...parts.value.values()].map(({ part }) => part))),
    answered: computed(() => [...parts.value.values()].reduce((total, { gpuTypes }) => total + gpuTypes, 0)),
    read,
    takeChange: ({ kind, after }) => take([after], kind === 'APPEARED'),
    forgetCells,
  };
}
