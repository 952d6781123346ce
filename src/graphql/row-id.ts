import type { RowIdentity } from '../domain/row.ts';

/** The id of a cell and pod size, the same in every answer and event. */
export const rowId = ({ gpuType, dataCenter, gpuCount }: RowIdentity): string =>
  `${encodeId(gpuType.id)}:${encodeId(dataCenter.id)}:${gpuCount}`;

/** Percent-encodes what would make two ids the same. `encodeURIComponent` alone throws for half of a surrogate pair. */
export const encodeId = (id: string): string => id.replace(/[%:\s]/g, encodeURIComponent);
