import type { Board } from '../board.ts';
import { FailureList } from './failure-list.tsx';

/** Shows the progress while GPU types are loading. Afterwards, shows which cells are unknown and why. */
export function Coverage({ board }: { readonly board: Board }) {
  const { failures, expected, observed } = board.state.summary.value;
  const total = board.state.lists.value?.gpuTypes.length ?? 0;
  const readCount = board.state.readCount.value;
  if (readCount < total) return <Progress readCount={readCount} total={total} />;
  if (failures.length === 0) return <p class="coverage">All {expected} cells are known</p>;
  return <FailureList failures={failures} summary={`${expected - observed} of ${expected} cells are unknown`} />;
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
