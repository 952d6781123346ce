import type { Board } from '../board.ts';
import { groupFailures, placesInWords } from '../state/failures.ts';

/** One line about how much is known: how far reading has come, and then what could not be observed, and why. */
export function Coverage({ board }: { readonly board: Board }) {
  const { failures, expected } = board.known.summary.value;
  const total = board.known.inventory.value?.gpuTypes.length ?? 0;
  const answered = board.known.answered.value;
  if (answered < total) return <Progress answered={answered} total={total} />;
  return failures.length > 0 ? <Failures board={board} /> : <p class="coverage">All {expected} cells are known</p>;
}

function Progress({ answered, total }: { readonly answered: number; readonly total: number }) {
  return (
    <p class="coverage">
      <label for="progress">
        {answered} of {total} GPU types read
      </label>
      <progress id="progress" max={total} value={answered} />
    </p>
  );
}

function Failures({ board }: { readonly board: Board }) {
  const { failures, expected, observed } = board.known.summary.value;
  return (
    <details class="coverage failures">
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
