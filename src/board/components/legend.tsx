import { ALL_FACES } from '../state/cell.ts';

/** What the letters and marks mean. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Legend">
      {ALL_FACES.map(({ letter, tone, words }) => (
        <li key={tone}>
          <span class={`swatch ${tone}`} aria-hidden="true">
            {letter}
          </span>
          {words}
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
