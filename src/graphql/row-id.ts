import type { RowIdentity } from '../domain/row.ts';

/** Returns the id of a row. Rows with the same GPU type, data center and number of GPUs have the same id in every response and event. */
export const rowId = ({ gpuType, dataCenter, gpuCount }: RowIdentity): string =>
  `${encodeId(gpuType.id)}:${encodeId(dataCenter.id)}:${gpuCount}`;

/**
 * Percent-encodes the separator and white space, so that different rows have different ids. `encodeURIComponent` on the whole id would
 * throw for a lone surrogate.
 */
export const encodeId = (id: string): string => id.replace(/[%:\s]/g, encodeURIComponent);
