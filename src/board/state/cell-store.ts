import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Cell, type CellKey, type Cells, cellKeyOf, differs, supersedes } from './cell.ts';

/** A cell as the board shows it. */
export interface ShownCell {
  readonly cell: Cell;
  /** How often the cell has changed while it was shown. */
  readonly changes: number;
  /** When the gateway's latest answer about the cell arrived, in milliseconds since 1970. */
  readonly answeredAt: number;
  /** Since when the gateway has reported this observation as stale, in milliseconds since 1970; null if the observation is fresh. */
  readonly staleSince: number | null;
}

/** What a `put` has changed. */
export interface PutResult {
  /**
   * Cells that are available now and were unavailable when their stock was last known. A cell whose stock was never known is included only
   * if the gateway reports it as appeared.
   */
  readonly appeared: readonly Cell[];
  /** Whether a stale cell has received a newer observation. */
  readonly hasRenewed: boolean;
}

/** The cells that the gateway has sent. Each cell has a signal of its own. */
export interface CellStore {
  readonly all: ReadonlySignal<Cells>;
  watch(key: CellKey): ReadonlySignal<ShownCell | undefined>;
  /**
   * Stores each of these cells unless the store has a newer observation of that cell. `areReportedAsAppeared`: whether the gateway reports
   * the cells as appeared.
   */
  put(cells: readonly Cell[], areReportedAsAppeared?: boolean): PutResult;
  clear(): void;
}

/**
 * The longest time between two answers about a stale cell while the page is awake, in milliseconds. An awake page reads stale cells at
 * least every 30 seconds. A longer gap means that the page was asleep. The board then does not know whether the gateway could have renewed
 * the cell in the gap.
 */
const LONGEST_GAP_MS = 45_000;

/** Creates an empty store. `now` returns milliseconds since 1970. */
export function createCellStore(now: () => number): CellStore {
  const all = signal<Cells>(new Map());
  const watched = new Map<CellKey, Signal<ShownCell | undefined>>();
  /** Whether each cell was available when its stock was last known. The entry stays while the stock is unknown. */
  const lastAvailable = new Map<CellKey, boolean>();

  function watch(key: CellKey): Signal<ShownCell | undefined> {
    const known = watched.get(key);
    if (known !== undefined) return known;
    const created = signal<ShownCell | undefined>(undefined);
    watched.set(key, created);
    return created;
  }

  function isAppearance(cell: Cell, key: CellKey, isReportedAsAppeared: boolean): boolean {
    const wasAvailable = lastAvailable.get(key) ?? !isReportedAsAppeared;
    if (cell.available !== null) lastAvailable.set(key, cell.available);
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
        lastAvailable.clear();
        all.value = new Map();
      });
    },
  };
}

/**
 * Returns since when the gateway has reported the observation as stale. This time starts again with a newer observation, and after a gap in
 * the answers.
 */
function sinceWhenStale(cell: Cell, known: ShownCell | undefined, answeredAt: number): number {
  const isSame = known?.cell.observedAt === cell.observedAt;
  const isWithoutGap = known !== undefined && answeredAt - known.answeredAt < LONGEST_GAP_MS;
  return isSame && isWithoutGap ? (known.staleSince ?? answeredAt) : answeredAt;
}
