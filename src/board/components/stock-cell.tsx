import { type ReadonlySignal, useComputed } from '@preact/signals';
import { type CellKey, faceOf } from '../cell.ts';
import type { ShownCell } from '../cell-store.ts';

interface StockCellProps {
  readonly name: CellKey;
  readonly gpuName: string;
  readonly dataCenterId: string;
  /** Whether it is the first one of its region. */
  readonly isFirst: boolean;
  readonly shown: ReadonlySignal<ShownCell | undefined>;
  readonly tabStop: ReadonlySignal<string | null>;
}

/** One cell of the table. It is drawn again when it changes, and flashes when the change is one that matters. */
export function StockCell({ name, gpuName, dataCenterId, isFirst, shown, tabStop }: StockCellProps) {
  const tabIndex = useComputed(() => (tabStop.value === name ? 0 : -1));
  const { letter, look, words } = lookOf(shown.value);
  return (
    <td
      class={`cell ${look}${isFirst ? ' first' : ''}`}
      data-cell={name}
      data-stop={name}
      tabIndex={tabIndex}
      aria-label={`${gpuName} in ${dataCenterId}: ${words}`}
    >
      {letter}
    </td>
  );
}

function lookOf(shown: ShownCell | undefined): { letter: string; look: string; words: string } {
  if (shown === undefined) return { letter: '', look: 'waiting', words: 'not read yet' };
  const { cell, changes } = shown;
  const { letter, tone, words } = faceOf(cell);
  // An animation runs again under another name only.
  const flash = changes === 0 ? '' : ` flash-${changes % 2}`;
  return { letter, look: `${tone}${cell.stale ? ' stale' : ''}${flash}`, words: cell.stale ? `${words}, old` : words };
}
