/**
 * Returns the quantile `part` of the values. `part` is a number from 0 to 1, for example 0.5 for the median. Returns 0 if there are no
 * values.
 */
export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;

/** Returns the median of the values. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
