import type { Board } from '../board.ts';
import { moveFocusTo } from '../browser/move-focus.ts';
import { type Filters, withoutConditions } from '../view/filters.ts';
import { relaxationsOf } from '../view/relaxations.ts';

/**
 * Shown in place of an empty table. Says why the table is empty, and offers a button for each filter whose removal would bring rows back
 * into the table.
 */
export function NoRows({ board }: { readonly board: Board }) {
  const { lists, cells } = board.state;
  if (lists.value === null) return null;
  const filters = board.filters.value;
  const relaxations = relaxationsOf(lists.value, cells.all.value, filters);
  const choose = (changed: Filters) => {
    board.filters.value = changed;
    moveFocusTo('stock');
  };
  const isOutOfStock = (board.matrix.value?.gpuTypes.total ?? 0) > 0;
  return (
    <div class="nothing empty">
      <p>
        {isOutOfStock
          ? `No GPU type that matches the filters is in stock for ${podInWords(filters.gpuCount)}.`
          : 'No GPU type matches the filters.'}
      </p>
      <p>
        {relaxations.length > 0
          ? 'These GPU types fit if you drop one filter:'
          : 'Dropping a single filter is not enough.'}
      </p>
      <ul>
        {relaxations.map((relaxation) => (
          <li key={relaxation.text}>
            <button type="button" class="button" onClick={() => choose(relaxation.filters)}>
              {relaxation.text} <span>{countInWords(relaxation.rowCount)}</span>
            </button>
          </li>
        ))}
        {relaxations.length === 0 && (
          <li>
            <button type="button" class="button" onClick={() => choose(withoutConditions(filters))}>
              Clear all filters
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}

const podInWords = (gpuCount: number): string => (gpuCount === 1 ? 'a pod of one GPU' : `a pod of ${gpuCount} GPUs`);

const countInWords = (count: number): string => (count === 1 ? '1 GPU type' : `${count} GPU types`);
