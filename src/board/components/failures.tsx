import type { Board } from '../board.ts';
import { groupFailures, placesInWords } from '../failures.ts';

/** What the gateway could not observe, and why. */
export function Failures({ board }: { readonly board: Board }) {
  const { failures, expected, observed } = board.known.summary.value;
  if (failures.length === 0) return null;
  return (
    <details class="failures">
      <summary>
        {expected - observed} of {expected} cells are not known
      </summary>
      <ul>
        {groupFailures(failures).map(({ gpuType, places, code, message }) => (
          <li key={`${gpuType} ${code} ${message}`}>
            <strong>{gpuType}</strong> {placesInWords(places)}: {message} <code>{code}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
