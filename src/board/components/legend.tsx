import { ALL_STOCK_LABELS } from '../state/cell.ts';

/** What the letters and marks mean. */
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
        dashed: old, no newer answer can be had
      </li>
    </ul>
  );
}
