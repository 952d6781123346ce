/** The value that a `part` of the values, from 0 to 1, is below; 0 when there are none. */
export const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;

/** The value in the middle. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);
