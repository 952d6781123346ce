/** A position in the grid, counted from 0. */
export interface GridPosition {
  readonly row: number;
  readonly column: number;
}

/** The size of a grid. */
export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** The number of rows at the top that are headers. Only the arrow keys reach them. */
  readonly headRows: number;
  /** By how many rows Page Up and Page Down move the focus. */
  readonly page: number;
}

/** Returns the position to which a key moves the focus in a grid; null if the key is not a navigation key. */
export function positionAfterKey(
  { key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean },
  { row, column }: GridPosition,
  size: GridSize,
): GridPosition | null {
  const clampRow = (index: number, first = size.headRows) => Math.max(first, Math.min(size.rows - 1, index));
  const clampColumn = (index: number) => Math.max(0, Math.min(size.columns - 1, index));
  switch (key) {
    case 'ArrowUp':
      return { row: clampRow(row - 1, 0), column };
    case 'ArrowDown':
      return { row: clampRow(row + 1), column };
    case 'ArrowLeft':
      return { row, column: clampColumn(column - 1) };
    case 'ArrowRight':
      return { row, column: clampColumn(column + 1) };
    case 'PageUp':
      return { row: clampRow(row - size.page), column };
    case 'PageDown':
      return { row: clampRow(row + size.page), column };
    case 'Home':
      return { row: ctrlKey ? size.headRows : row, column: 0 };
    case 'End':
      return { row: ctrlKey ? clampRow(size.rows) : row, column: clampColumn(size.columns) };
    default:
      return null;
  }
}
