/** A position in the grid, counted from 0. */
export interface GridPosition {
  readonly row: number;
  readonly column: number;
}

/**
 * Returns the position to which a key moves the focus in a grid of this size; null if the key is not a navigation key. `size.page`: by how
 * many rows Page Up and Page Down move the focus.
 */
export function positionAfterKey(
  { key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean },
  { row, column }: GridPosition,
  size: { readonly rows: number; readonly columns: number; readonly page: number },
): GridPosition | null {
  const clampRow = (index: number) => Math.max(0, Math.min(size.rows - 1, index));
  const clampColumn = (index: number) => Math.max(0, Math.min(size.columns - 1, index));
  switch (key) {
    case 'ArrowUp':
      return { row: clampRow(row - 1), column };
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
      return { row: ctrlKey ? 0 : row, column: 0 };
    case 'End':
      return { row: ctrlKey ? clampRow(size.rows) : row, column: clampColumn(size.columns) };
    default:
      return null;
  }
}
