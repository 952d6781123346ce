import { useComputed } from '@preact/signals';
import type { Board } from '../board.ts';
import type { BoardState } from '../state/board-state.ts';
import { cellKey, type ShownCell, stockLabelOf } from '../state/cell.ts';
import type { DataCenter, GpuType } from '../state/lists.ts';
import type { Range } from './drawn-part.ts';

interface StockCellsProps {
  readonly board: Board;
  readonly gpuType: GpuType;
  readonly dataCenters: readonly DataCenter[];
  /** The columns whose cells are drawn. */
  readonly columns: Range;
  /**
   * The data center id of the cell at which the Tab key enters the table. Null or empty if the Tab key does not enter at a cell of this
   * row.
   */
  readonly tabStop: string | null;
}

/**
 * The cells of a row, as one component. When one cell changes, all cells of the row are drawn again. A component for each cell would make
 * the page load much more slowly. One wide empty cell takes the place of the cells on the left that are not drawn.
 */
export function StockCells({ board, gpuType, dataCenters, columns: [from, to], tabStop }: StockCellsProps) {
  const { state, now } = board;
  const cells = useComputed(() => state.cells.all.value.get(gpuType.id)).value;
  return (
    <>
      {from > 0 && <td colSpan={from} aria-hidden="true" />}
      {dataCenters.slice(from, to).map(({ id, region }, index) => {
        const [letter, look, words] = lookOf(state, cells?.get(id), now.peek());
        return (
          <td
            key={id}
            class={`cell ${look}${dataCenters[from + index - 1]?.region === region ? '' : ' first'}`}
            data-focusable={cellKey(gpuType.id, id)}
            tabIndex={id === tabStop ? 0 : -1}
            aria-label={`${gpuType.displayName} in ${id}: ${words}`}
          >
            {letter}
          </td>
        );
      })}
    </>
  );
}

/** How long a changed cell is marked, in milliseconds. This is the duration of the longest animation. */
const FLASH_MS = 8000;

/** Returns the letter, the classes and the description of a cell. */
function lookOf(
  state: BoardState,
  shown: ShownCell | undefined,
  now: number,
): readonly [letter: string, look: string, text: string] {
  if (shown === undefined) return ['', 'waiting', 'not loaded yet'];
  const { letter, tone, text } = stockLabelOf(shown.cell);
  // A cell must not flash for a change that is older than `FLASH_MS`, even if the cell is drawn only now. The browser restarts an animation
  // only if its name changes, so two names alternate.
  const hasFlash = shown.changedAt !== null && now - shown.changedAt < FLASH_MS;
  const isOutdated = state.isOutdated(shown);
  const look = `${tone}${isOutdated ? ' stale' : ''}${hasFlash ? ` flash-${shown.changes % 2}` : ''}`;
  return [letter, look, isOutdated ? `${text}, old` : text];
}
