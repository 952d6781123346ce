import type { Board } from '../board.ts';
import { shortDayOf } from '../format/age.ts';
import { dollars } from '../format/price.ts';
import { type CellKey, cellKeyOf, stockLabelOf } from '../state/cell.ts';
import { showCell } from './show-cell.ts';

/** The list of the cheapest available GPU types in the table. A click on an entry moves the focus to its cell in the table. */
export function Cheapest({ board }: { readonly board: Board }) {
  const offers = board.offers.value;
  const isLoading = board.state.readCount.value === 0;
  const isIncomplete = board.state.readCount.value < (board.state.lists.value?.gpuTypes.length ?? 0);
  const { gpuCount } = board.filters.value;
  return (
    <section class="cheapest" aria-labelledby="cheapest">
      <h2 id="cheapest">{titleFor(board)}</h2>
      <ol>
        {isLoading && <li class="skeleton-line">Loading</li>}
        {!isLoading && offers.length === 0 && (
          <li class="nothing">{isIncomplete ? 'Still loading' : 'None of the GPU types shown is available.'}</li>
        )}
        {offers.map(({ gpuType, cell, perGpu, perPod }, rank) => (
          // The position in the list is the `key`, so that the list items stay in place when a cheaper offer is found.
          <li key={rank}>
            <button type="button" class="offer" onClick={() => showCell(board, cellKeyOf(cell))}>
              <span class="offer-price">{dollars(perGpu)}</span>
              <span class="offer-name">{gpuType.displayName}</span>
              <span class="offer-place">
                {cell.dataCenter.id}, {stockLabelOf(cell).text}
                <OldMark board={board} name={cellKeyOf(cell)} />
                {gpuCount > 1 && `, ${dollars(perPod)} per pod`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Returns the title of the list. The title says 'now' only while the gateway and RunPod answer. */
function titleFor({ state, outage }: Board): string {
  const upstream = state.lists.value?.upstream;
  if (upstream?.source === 'RECORDED') {
    return upstream.recordedAt === null
      ? 'Cheapest in the recording'
      : `Cheapest in the recording of ${shortDayOf(upstream.recordedAt)}`;
  }
  return outage.value !== null || upstream?.health === 'DOWN' ? 'Cheapest when last observed' : 'Cheapest now';
}

/** Marks an offer as old if the gateway cannot get a newer observation of its cell. */
function OldMark({ board: { state }, name }: { readonly board: Board; readonly name: CellKey }) {
  const shown = state.cells.get(name);
  return <>{shown !== undefined && state.isOutdated(shown) && ', old'}</>;
}
