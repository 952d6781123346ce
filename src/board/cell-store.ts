import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Cell, type CellKey, differs, keyOf, supersedes } from './cell.ts';
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
  /**
   * Takes these cells in, unless newer ones are known. Returns those that were last verified to have nothing and can be rented
   * now; of what was never verified, those that are said to have appeared.
   */
  put(cells: readonly Cell[], areSaidToAppear?: boolean): readonly Cell[];
  clear(): void;
}

export function createCellStore(): CellStore {
  const all = signal<Cells>(new Map());
  const watched = new Map<CellKey, Signal<ShownCell | undefined>>();
  /** Whether each could be rented when that was last known, also while it is not. */
  const verified = new Map<CellKey, boolean>();

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
    put(cells, areSaidToAppear = false) {
      const next = new Map(all.peek());
      const appeared: Cell[] = [];
      batch(() => {
        for (const cell of cells) {
          const key = keyOf(cell);
          const known = next.get(key);
          if (!supersedes(cell, known)) continue;
          const wasAvailable = verified.get(key) ?? !areSaidToAppear;
          if (cell.available === true && !wasAvailable) appeared.push(cell);
          if (cell.available !== null) verified.set(key, cell.available);
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
        verified.clear();
        all.value = new Map();
      });
    },
  };
}
