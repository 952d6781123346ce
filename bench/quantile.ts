/** Returns the value below which a `part` (from 0 to 1) of the values is; 0 if there are no values. */
export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;

/** Returns the median of the values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
