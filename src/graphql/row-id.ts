import type { RowIdentity } from '../domain/row.ts';

/** Returns the id of a row. Rows with the same GPU type, data center and number of GPUs have the same id in every response and event. */
export const rowId = ({ gpuType, dataCenter, gpuCount }: RowIdentity): string =>
  `${encodeId(gpuType.id)}:${encodeId(dataCenter.id)}:${gpuCount}`;

/**
 * Percent-encodes the colons, percent signs and white space in an id. Without this, different rows could have the same id, because colons
 * separate the parts of a row's id. `encodeURIComponent` is not called with the whole id, because it throws for a lone surrogate.
 */
export const encodeId = (id: string): string => id.replace(/[%:\s]/g, encodeURIComponent);
