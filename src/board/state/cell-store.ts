import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Cell, type CellKey, type Cells, cellKeyOf, differs, supersedes } from './cell.ts';

/** A cell as the board shows it. */
export interface ShownCell {
  readonly cell: Cell;
  /** How often it has changed while it was shown. */
  readonly changes: number;
  /** When the gateway gave the latest answer about it, in milliseconds since 1970. */
  readonly answeredAt: number;
  /** Since when the gateway's answers have called this observation stale, in milliseconds since 1970; null when they do not. */
  readonly staleSince: number | null;
}

/** What the store has taken in. */
export interface PutResult {
  /**
   * Cells that can be rented now and that RunPod was last verified to have none of. A cell that was never verified counts when
   * the gateway says that it has appeared.
   */
  readonly appeared: readonly Cell[];
  /** Whether a cell that was stale has a newer observation. */
  readonly hasRenewed: boolean;
}

/** The known cells, each of which can be watched alone. */
export interface CellStore {
  readonly all: ReadonlySignal<Cells>;
  watch(key: CellKey): ReadonlySignal<ShownCell | undefined>;
  /** Takes in each of these cells unless a newer one is known. */
  put(cells: readonly Cell[], areReportedAsAppeared?: boolean): PutResult;
  clear(): void;
}

/**
 * The board asks about a stale cell every half a minute or more often. A longer gap means that it did not ask, because the page
 * was asleep, so it is not known whether the gateway could have renewed the cell.
 */
const LONGEST_GAP_MS = 45_000;

/** `now` returns milliseconds since 1970. */
export function createCellStore(now: () => number): CellStore {
  const all = signal<Cells>(new Map());
  const watched = new Map<CellKey, Signal<ShownCell | undefined>>();
  /** Whether each cell could be rented when that was last known. It is kept while the cell is unknown. */
  const verified = new Map<CellKey, boolean>();

  function watch(key: CellKey): Signal<ShownCell | undefined> {
    const known = watched.get(key);
    if (known !== undefined) return known;
    const created = signal<ShownCell | undefined>(undefined);
    watched.set(key, created);
    return created;
  }

  function isAppearance(cell: Cell, key: CellKey, isReportedAsAppeared: boolean): boolean {
    const wasAvailable = verified.get(key) ?? !isReportedAsAppeared;
    if (cell.available !== null) verified.set(key, cell.available);
    return cell.available === true && !wasAvailable;
  }

  function put(cells: readonly Cell[], areReportedAsAppeared = false): PutResult {
    const next = new Map(all.peek());
    const appeared: Cell[] = [];
    let hasRenewed = false;
    batch(() => {
      for (const cell of cells) {
        const key = cellKeyOf(cell);
        const shown = watch(key);
        const known = shown.peek();
        if (!supersedes(cell, known?.cell)) continue;
        if (isAppearance(cell, key, areReportedAsAppeared)) appeared.push(cell);
        hasRenewed ||= known?.cell.stale === true && cell.observedAt !== known.cell.observedAt;
        const hasChanged = known !== undefined && differs(cell, known.cell);
        const answeredAt = now();
        const staleSince = cell.stale ? sinceWhenStale(cell, known, answeredAt) : null;
        shown.value = { cell, changes: (known?.changes ?? 0) + (hasChanged ? 1 : 0), answeredAt, staleSince };
        next.set(key, cell);
      }
      all.value = next;
    });
    return { appeared, hasRenewed };
  }

  return {
    all,
    watch,
    put,
    clear() {
      batch(() => {
        for (const shown of watched.values()) shown.value = undefined;
        verified.clear();
        all.value = new Map();
      });
    },
  };
}

function sinceWhenStale(cell: Cell, known: ShownCell | undefined, answeredAt: number): number {
  const isSame = known?.cell.observedAt === cell.observedAt;
  const isWithoutGap = known !== undefined && answeredAt - known.answeredAt < LONGEST_GAP_MS;
  return isSame && isWithoutGap ? (known.staleSince ?? answeredAt) : answeredAt;
}
