import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { BoardState } from '../state/board-state.ts';
import { type CellKey, stockLabelOf } from '../state/cell.ts';

interface StockCellProps {
  readonly name: CellKey;
  readonly gpuName: string;
  readonly dataCenterId: string;
  /** Whether it is the first one of its region. */
  readonly isFirst: boolean;
  readonly state: BoardState;
  readonly tabStop: ReadonlySignal<string | null>;
}

/** One cell of the table. It is drawn again when it looks different, and flashes when its stock or price has changed. */
export function StockCell({ name, gpuName, dataCenterId, isFirst, state, tabStop }: StockCellProps) {
  const tabIndex = useComputed(() => (tabStop.value === name ? 0 : -1));
  // A text, so that an answer which only moves the age of the cell draws nothing.
  const look = useComputed(() => lookOf(state, name).join('\n'));
  const [letter, tone, words] = look.value.split('\n');
  return (
    <td
      class={`cell ${tone}${isFirst ? ' first' : ''}`}
      data-cell={name}
      data-stop={name}
      tabIndex={tabIndex}
      aria-label={`${gpuName} in ${dataCenterId}: ${words}`}
    >
      {letter}
    </td>
  );
}

/** Its letter, its classes, and what it says in words. */
function lookOf(state: BoardState, name: CellKey): readonly [letter: string, look: string, text: string] {
  const shown = state.cells.watch(name).value;
  if (shown === undefined) return ['', 'waiting', 'not read yet'];
  const { letter, tone, text } = stockLabelOf(shown.cell);
  // An animation runs again only under another name.
  const flash = shown.changes === 0 ? '' : ` flash-${shown.changes % 2}`;
  const isOutdated = state.isOutdated(shown);
  return [letter, `${tone}${isOutdated ? ' stale' : ''}${flash}`, isOutdated ? `${text}, old` : text];
}
