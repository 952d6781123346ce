import type { Board } from '../board.ts';
import type { Matrix, StockCount } from '../view/matrix.ts';
import { Coverage } from './coverage.tsx';
import { ExportButtons } from './export-buttons.tsx';

/**
 * The line above the table. It shows how many GPU types and data centers have something in stock, and which cells are unknown. It also
 * contains the downloads, and a check box that shows the GPU types and data centers without stock. The line has its full height from the
 * start, so that nothing moves when it is filled.
 */
export function StockBar({ board }: { readonly board: Board }) {
  const matrix = board.matrix.value;
  const { hasRead, readCount } = board.state;
  const isKnown = matrix !== null && hasRead.value && readCount.value > 0;
  return (
    <div class="stock-bar">
      <p id="stock" class="stock-count" tabIndex={-1}>
        {isKnown ? matrix.gpuTypes.total > 0 && countsInWords(matrix) : 'Counting what is in stock'}
      </p>
      <label class="check">
        <input type="checkbox" checked={board.filters.value.includeUnavailable} onChange={() => toggle(board)} />
        Show the others too
      </label>
      <Coverage board={board} />
      <ExportButtons board={board} />
    </div>
  );
}

const countsInWords = ({ gpuTypes, dataCenters }: Matrix): string =>
  `${countInWords(gpuTypes, 'GPU types')} and ${countInWords(dataCenters, 'data centers')} in stock`;

const countInWords = ({ inStock, unknown, total }: StockCount, things: string): string =>
  `${inStock} of ${total} ${things}${unknown > 0 ? ` (${unknown} unknown)` : ''}`;

function toggle({ filters }: Board): void {
  filters.value = { ...filters.peek(), includeUnavailable: !filters.peek().includeUnavailable };
}
