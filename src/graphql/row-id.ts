import type { RowIdentity } from '../domain/row.ts';

/** Returns the id of a row: the same in every response and event for a GPU type, data center and number of GPUs. */
export const rowId = ({ gpuType, dataCenter, gpuCount }: RowIdentity): string =>
  `${encodeId(gpuType.id)}:${encodeId(dataCenter.id)}:${gpuCount}`;

/**
 * Percent-encodes the separator and white space, so that different rows have different ids. `encodeURIComponent` on the whole id would
 * throw for a lone surrogate.
 */
export const encodeId = (id: string): string => id.replace(/[%:\s]/g, encodeURIComponent);
