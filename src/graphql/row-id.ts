import type { RowIdentity } from '../domain/row.ts';

/**
 * Returns the id of a row. A row describes pods with one GPU type and one number of GPUs, in one data center. Its id is the same in every
 * response and event.
 */
export const rowId = ({ gpuType, dataCenter, gpuCount }: RowIdentity): string =>
  `${encodeId(gpuType.id)}:${encodeId(dataCenter.id)}:${gpuCount}`;

/**
 * Percent-encodes the colons, percent signs and white space in an id. Otherwise, different rows could have the same id, because the id of a
 * row consists of ids with colons between them. `encodeURIComponent` is not called with the whole id, because it throws for a lone
 * surrogate.
 */
export const encodeId = (id: string): string => id.replace(/[%:\s]/g, encodeURIComponent);
