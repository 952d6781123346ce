/** A position in the grid, counted from 0. */
export interface GridPosition {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads from `position` in a grid of this size; null when the key does not navigate. */
export function positionAfterKey(
  { key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean },
  { row, column }: GridPosition,
  size: { readonly rows: number; readonly columns: number; readonly page: number },
): GridPosition | null {
  const inRows = (wanted: number) => Math.max(0, Math.min(size.rows - 1, wanted));
  const inColumns = (wanted: number) => Math.max(0, Math.min(size.columns - 1, wanted));
  switch (key) {
    case 'ArrowUp':
      return { row: inRows(row - 1), column };
    case 'ArrowDown':
      return { row: inRows(row + 1), column };
    case 'ArrowLeft':
      return { row, column: inColumns(column - 1) };
    case 'ArrowRight':
      return { row, column: inColumns(column + 1) };
    case 'PageUp':
      return { row: inRows(row - size.page), column };
    case 'PageDown':
      return { row: inRows(row + size.page), column };
    case 'Home':
      return { row: ctrlKey ? 0 : row, column: 0 };
    case 'End':
      return { row: ctrlKey ? inRows(size.rows) : row, column: inColumns(size.columns) };
    default:
      return null;
  }
}
