import { type ReadonlySignal, signal } from '@preact/signals';
import { type Cell, type CellKey, type Cells, cellKeyOf, differs, idsIn, type ShownCell, supersedes } from './cell.ts';

/** What a `put` has changed. */
export interface PutResult {
  /**
   * Cells that have become available. Each of them was unavailable when its stock was last known. A cell whose stock was never known is
   * included only if the gateway reports that it has become available.
   */
  readonly appeared: readonly Cell[];
  /** Whether any cell that was stale has received a newer observation. */
  readonly hasRenewed: boolean;
}

/** The cells that the gateway has sent. */
export interface CellStore {
  /** All cells, by GPU type and data center. The map of a GPU type is replaced only when the gateway sends cells of this GPU type again. */
  readonly all: ReadonlySignal<Cells>;
  get(key: CellKey): ShownCell | undefined;
  /**
   * Stores the cells, except those of which the store has a newer observation. `areReportedAsAppeared` is true if the gateway has reported
   * that these cells have become available.
   */
  put(cells: readonly Cell[], areReportedAsAppeared?: boolean): PutResult;
  clear(): void;
}

/**
 * If two answers about a stale cell are at least this many milliseconds apart, the page was suspended between them, because an active page
 * reads stale cells at least every 30 seconds. The board then cannot tell how long the gateway has failed to renew the cell.
 */
const LONGEST_GAP_MS = 45_000;

/** Creates an empty store. `now` returns milliseconds since 1970. */
export function createCellStore(now: () => number): CellStore {
  const all = signal<Cells>(new Map());
  /** The last known availability of each cell. It is kept while the stock of the cell is unknown. */
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
 * Returns the time since which the gateway has reported the cell's observation as stale, in milliseconds since 1970. An answer with the
 * same observation does not change this time. The result is `answeredAt` if the observation is new, or if the previous answer about the
 * cell came at least `LONGEST_GAP_MS` milliseconds before.
 */
function sinceWhenStale(cell: Cell, known: ShownCell | undefined, answeredAt: number): number {
  const isSame = known?.cell.observedAt === cell.observedAt;
  const isWithoutGap = known !== undefined && answeredAt - known.answeredAt < LONGEST_GAP_MS;
  return isSame && isWithoutGap ? (known.staleSince ?? answeredAt) : answeredAt;
}
