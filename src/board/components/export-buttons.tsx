import type { Board } from '../board.ts';
import { download } from '../export/download.ts';
import { exportedRows, matrixToCsv } from '../export/matrix-rows.ts';

/** Buttons that save the cells of the table as a file. */
export function ExportButtons({ board }: { readonly board: Board }) {
  return (
    <div class="export">
      <span aria-hidden="true">Download</span>
      <button type="button" class="button small" aria-label="Download as CSV" onClick={() => save(board, 'csv')}>
        CSV
      </button>
      <button type="button" class="button small" aria-label="Download as JSON" onClick={() => save(board, 'json')}>
        JSON
      </button>
    </div>
  );
}

function save({ state, matrix, filters, now }: Board, format: 'csv' | 'json'): void {
  if (matrix.value === null || state.lists.value === null) return;
  const { source, recordedAt } = state.lists.value.upstream;
  const rows = exportedRows(matrix.value, state.cells.all.value, filters.value.gpuCount);
  const exportedAt = new Date(now.value).toISOString();
  const name = `gpu-availability-${(recordedAt ?? exportedAt).slice(0, 10)}.${format}`;
  if (format === 'csv') download(matrixToCsv(rows), { name, type: 'text/csv;charset=utf-8' });
  else {
    const text = JSON.stringify({ source, recordedAt, exportedAt, rows }, null, 2);
    download(text, { name, type: 'application/json' });
  }
}
