import { type ReadonlySignal, signal } from '@preact/signals';
import { type Cell, type CellKey, type Cells, cellKeyOf, differs, idsIn, type ShownCell, supersedes } from './cell.ts';

/** What a `put` has changed. */
export interface PutResult {
  /**
   * Cells that are available now and were unavailable when their stock was last known. A cell whose stock was never known is included only
   * if the gateway reports that it has become available.
   */
  readonly appeared: readonly Cell[];
  /** Whether a stale cell has received a newer observation. */
  readonly hasRenewed: boolean;
}

/** The cells that the gateway has sent. */
export interface CellStore {
  /** Every cell. The cells of a GPU type stay the same object until the gateway answers about one of them again. */
  readonly all: ReadonlySignal<Cells>;
  get(key: CellKey): ShownCell | undefined;
  /**
   * Stores each of these cells unless the store has a newer observation of that cell. `areReportedAsAppeared` is whether the gateway itself
   * reports that the cells have become available.
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
  /** Whether each cell was available when its stock was last known. The entry stays while the stock is unknown. */
  const lastAvailable = new Map<CellKey, boolean>();

  function isAppearance(cell: Cell, key: CellKey, isReportedAsAppeared: boolean): boolean {
    const wasAvailable = lastAvailable.get(key) ?? !isReportedAsAppeared;
    if (cell.available !== null) lastAvailable.set(key, cell.available);
    return cell.available === true && !wasAvailable;
  }

  function put(cells: readonly Cell[], areReportedAsAppeared = false): PutResult {
    const rows = new Map<string, Map<string, ShownCell>>();
    const appeared: Cell[] = [];
    let hasRenewed = false;
    for (const cell of cells) {
      const row = rows.get(cell.gpuType.id) ?? new Map(all.peek().get(cell.gpuType.id));
      rows.set(cell.gpuType.id, row);
      const known = row.get(cell.dataCenter.id);
      if (!supersedes(cell, known?.cell)) continue;
      if (isAppearance(cell, cellKeyOf(cell), areReportedAsAppeared)) appeared.push(cell);
      hasRenewed ||= known?.cell.stale === true && cell.observedAt !== known.cell.observedAt;
      row.set(cell.dataCenter.id, nextShown(cell, known, now()));
    }
    all.value = new Map([...all.peek(), ...rows]);
    return { appeared, hasRenewed };
  }

  return {
    all,
    get(key) {
      const [gpuTypeId, dataCenterId = ''] = idsIn(key);
      return all.value.get(gpuTypeId)?.get(dataCenterId);
    },
    put,
    clear() {
      lastAvailable.clear();
      all.value = new Map();
    },
  };
}

function nextShown(cell: Cell, known: ShownCell | undefined, answeredAt: number): ShownCell {
  const { changes = 0, changedAt = null } = known ?? {};
  const hasChanged = known !== undefined && differs(cell, known.cell);
  return {
    cell,
    changes: hasChanged ? changes + 1 : changes,
    changedAt: hasChanged ? answeredAt : changedAt,
    answeredAt,
    staleSince: cell.stale ? sinceWhenStale(cell, known, answeredAt) : null,
  };
}

/**
 * Returns the time since which the gateway has reported the observation as stale, in milliseconds since 1970. It is the time of this answer
 * if the observation is new, or if it follows a gap in the answers.
 */
function sinceWhenStale(cell: Cell, known: ShownCell | undefined, answeredAt: number): number {
  const isSame = known?.cell.observedAt === cell.observedAt;
  const isWithoutGap = known !== undefined && answeredAt - known.answeredAt < LONGEST_GAP_MS;
  return isSame && isWithoutGap ? (known.staleSince ?? answeredAt) : answeredAt;
}
