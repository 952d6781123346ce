import type { Board } from '../board.ts';
import { dataCentersInWords, groupFailures } from '../state/failures.ts';

/** Shows the progress while GPU types are loading. Afterwards, shows which cells are unknown and why. */
export function Coverage({ board }: { readonly board: Board }) {
  const { failures, expected } = board.state.summary.value;
  const total = board.state.lists.value?.gpuTypes.length ?? 0;
  const readCount = board.state.readCount.value;
  if (readCount < total) return <Progress readCount={readCount} total={total} />;
  return failures.length > 0 ? <Failures board={board} /> : <p class="coverage">All {expected} cells are known</p>;
}

function Progress({ readCount, total }: { readonly readCount: number; readonly total: number }) {
  return (
    <p class="coverage">
      <label for="progress">
        {readCount} of {total} GPU types loaded
      </label>
      <progress id="progress" max={total} value={readCount} />
    </p>
  );
}

function Failures({ board }: { readonly board: Board }) {
  const { failures, expected, observed } = board.state.summary.value;
  return (
    <details class="coverage failures">
      <summary>
        {expected - observed} of {expected} cells are unknown
      </summary>
      <ul>
        {groupFailures(failures).map(({ gpuType, dataCenterIds, code, message }) => (
          <li key={`${gpuType} ${code} ${message}`}>
            <strong>{gpuType}</strong> {dataCentersInWords(dataCenterIds)}: {message} <code>{code}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}
