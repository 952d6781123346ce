import type { Board } from '../board.ts';
import { dollars } from '../format/price.ts';
import { type CellKey, stockLabelOf } from '../state/cell.ts';
import { elementOfCell } from './grid-focus.ts';

/** The cheapest that can be rented now among what is shown; each leads to its cell. */
export function Cheapest({ board }: { readonly board: Board }) {
  const offers = board.offers.value;
  const isReading = board.state.readCount.value === 0;
  const isPartly = board.state.readCount.value < (board.state.lists.value?.gpuTypes.length ?? 0);
  const { gpuCount } = board.filters.value;
  return (
    <section class="cheapest" aria-labelledby="cheapest">
      <h2 id="cheapest">Cheapest now</h2>
      <ol>
        {isReading && <li class="skeleton-line">Reading</li>}
        {!isReading && offers.length === 0 && (
          <li class="nothing">{isPartly ? 'Still reading' : 'Nothing of what is shown can be rented.'}</li>
        )}
        {offers.map(({ key, gpuType, dataCenter, cell, perGpu, perPod }, rank) => (
          // Each rank keeps its place, so that nothing moves when a cheaper offer is found.
          <li key={rank}>
            <button type="button" class="offer" onClick={() => elementOfCell(key)?.focus()}>
              <span class="offer-price">{dollars(perGpu)}</span>
              <span class="offer-name">{gpuType.displayName}</span>
              <span class="offer-place">
                {dataCenter.id}, {stockLabelOf(cell).text}
                <Old board={board} name={key} />
                {gpuCount > 1 && `, ${dollars(perPod)} a pod`}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Says that no newer answer can be had about a cell. */
function Old({ board: { state }, name }: { readonly board: Board; readonly name: CellKey }) {
  const shown = state.cells.watch(name).value;
  return <>{shown !== undefined && state.isOutdated(shown) && ', old'}</>;
}
