import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { BoardState } from '../state/board-state.ts';
import { type CellKey, stockLabelOf } from '../state/cell.ts';

interface StockCellProps {
  readonly name: CellKey;
  readonly gpuName: string;
  readonly dataCenterId: string;
  /** Whether the cell is in the first column of its region. */
  readonly isFirst: boolean;
  readonly state: BoardState;
  readonly tabStop: ReadonlySignal<string | null>;
}

/** One cell of the table. The cell is drawn again when its look changes, and flashes when its stock or price changes. */
export function StockCell({ name, gpuName, dataCenterId, isFirst, state, tabStop }: StockCellProps) {
  const tabIndex = useComputed(() => (tabStop.value === name ? 0 : -1));
  // The look is a single text, so that the cell is not drawn again when only its age changes.
  const look = useComputed(() => lookOf(state, name).join('\n'));
  const [letter, tone, words] = look.value.split('\n');
  return (
    <td
      class={`cell ${tone}${isFirst ? ' first' : ''}`}
      data-cell={name}
      data-focusable={name}
      tabIndex={tabIndex}
      aria-label={`${gpuName} in ${dataCenterId}: ${words}`}
    >
      {letter}
    </td>
  );
}

/** Returns the letter, the classes and the description of a cell. */
function lookOf(state: BoardState, name: CellKey): readonly [letter: string, look: string, text: string] {
  const shown = state.cells.watch(name).value;
  if (shown === undefined) return ['', 'waiting', 'not loaded yet'];
  const { letter, tone, text } = stockLabelOf(shown.cell);
  // The browser restarts an animation only if its name changes, so two names alternate.
  const flash = shown.changes === 0 ? '' : ` flash-${shown.changes % 2}`;
  const isOutdated = state.isOutdated(shown);
  return [letter, `${tone}${isOutdated ? ' stale' : ''}${flash}`, isOutdated ? `${text}, old` : text];
}
