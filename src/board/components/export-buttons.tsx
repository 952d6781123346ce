import type { Board } from '../board.ts';
import { download } from '../export/download.ts';
import { exportedRows, matrixToCsv } from '../export/matrix-rows.ts';
import { DownloadButtons, type FileFormat } from './download-buttons.tsx';

/** Buttons that save the cells of the table as a file. */
export const ExportButtons = ({ board }: { readonly board: Board }) => (
  <DownloadButtons name="Download as" onSave={(format) => save(board, format)} />
);

function save({ state, matrix, filters, now }: Board, format: FileFormat): void {
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
