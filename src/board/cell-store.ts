import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Cell, type CellKey, differs, hasAppeared, keyOf, supersedes } from './cell.ts';
import type { Cells } from './matrix.ts';

/** A cell, and how often it has changed before everybody's eyes. */
export interface ShownCell {
  readonly cell: Cell;
  readonly changes: number;
}

/** The cells that are known, each of which can be watched alone. */
export interface CellStore {
  readonly all: ReadonlySignal<Cells>;
  watch(key: CellKey): ReadonlySignal<ShownCell | undefined>;
  /** Takes these cells in, unless newer ones are known. Returns those that were verified to have nothing and now do. */
  put(cells: readonly Cell[]): readonly Cell[];
  clear(): void;
}

export function createCellStore(): CellStore {
  const all = signal<Cells>(new Map());
  const watched = new Map<CellKey, Signal<ShownCell | undefined>>();

  function watch(key: CellKey): Signal<ShownCell | undefined> {
    const known = watched.get(key);
    if (known !== undefined) return known;
    const created = signal<ShownCell | undefined>(undefined);
    watched.set(key, created);
    return created;
  }

  return {
    all,
    watch,
    put(cells) {
      const next = new Map(all.peek());
      const appeared: Cell[] = [];
      batch(() => {
        for (const cell of cells) {
          const key = keyOf(cell);
          const known = next.get(key);
          if (!supersedes(cell, known)) continue;
          if (known !== undefined && hasAppeared(cell, known)) appeared.push(cell);
          const shown = watch(key);
          const hasChanged = known !== undefined && differs(cell, known);
          shown.value = { cell, changes: (shown.peek()?.changes ?? 0) + (hasChanged ? 1 : 0) };
          next.set(key, cell);
        }
        all.value = next;
      });
      return appeared;
    },
    clear() {
      batch(() => {
        for (const shown of watched.values()) shown.value = undefined;
        all.value = new Map();
      });
    },
  };
}
