import { ALL_STOCK_LABELS } from '../state/cell.ts';
import { BellIcon } from './bell-icon.tsx';

/** Explains the letters and marks of the table. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      {ALL_STOCK_LABELS.map(({ letter, tone, text }) => (
        <li key={tone}>
          <span class={`swatch ${tone}`} aria-hidden="true">
            {letter}
          </span>
          {text}
        </li>
      ))}
      <li>
        <span class="swatch low stale" aria-hidden="true">
          L
        </span>
        dashed: old, the gateway cannot get a newer answer
      </li>
      <li>
        <span class="swatch" aria-hidden="true">
          <BellIcon />
        </span>
        notifies you when a GPU type becomes available. Show the others to choose one that is out of stock.
      </li>
    </ul>
  );
}
