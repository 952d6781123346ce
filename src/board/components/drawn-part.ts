/** A range of indices that includes `from` and excludes `to`. */
export type Range = readonly [from: number, to: number];

/** A rectangle of the table: some of its rows and some of its columns. */
export interface TablePart {
  readonly rows: Range;
  readonly columns: Range;
}

/** The table is drawn in blocks of this many rows and columns, so that a short scroll draws nothing new. */
export const BLOCK = 8;

/**
 * Returns which rows and columns of the table in `box` are in sight. The indices have fractions, because a row or column can be partly in
 * sight. They are calculated from the positions of the first row and the first column head, which the table always contains.
 */
export function partInSight(box: HTMLElement): TablePart {
  const { top, bottom, left, right } = box.getBoundingClientRect();
  const row = box.querySelector('tbody tr')?.getBoundingClientRect();
  const column = box.querySelector('.place')?.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  return {
    rows: rangeBetween(Math.max(top, 0), Math.min(bottom, clientHeight), row?.top, row?.height),
    columns: rangeBetween(Math.max(left, 0), Math.min(right, clientWidth), column?.left, column?.width),
  };
}

const rangeBetween = (from: number, to: number, first = 0, size = 1): Range => [
  (from - first) / size,
  (to - first) / size,
];

/** Extends a range to whole blocks, and then by `margin` on both sides. The result stays between 0 and `count`. */
export function widen([from, to]: Range, margin: number, count: number): Range {
  const clamp = (index: number) => Math.max(0, Math.min(count, index));
  return [clamp(Math.floor(from / BLOCK) * BLOCK - margin), clamp(Math.ceil(to / BLOCK) * BLOCK + margin)];
}
