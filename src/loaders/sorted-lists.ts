import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import { compare } from '../domain/row-order.ts';

/** Returns the GPU types sorted by display name. The same input array always gives the same output array. */
export const sortGpuTypes = (gpuTypes: readonly GpuType[]): readonly GpuType[] => sortOnce(gpuTypes, byDisplayName);

/** Returns the data centers sorted by id. The same input array always gives the same output array. */
export const sortDataCenters = (dataCenters: readonly DataCenter[]): readonly DataCenter[] =>
  sortOnce(dataCenters, byId);

/** The sorted copy of each input array. The order is not part of the key, because each input array is only ever sorted in one order. */
const sorted = new WeakMap<readonly unknown[], readonly unknown[]>();

function sortOnce<T>(rows: readonly T[], order: (a: T, b: T) => number): readonly T[] {
  const known = sorted.get(rows) ?? rows.toSorted(order);
  sorted.set(rows, known);
  return known as readonly T[];
}

function byDisplayName(a: GpuType, b: GpuType): number {
  return compare(a.displayName, b.displayName) || compare(a.id, b.id);
}

function byId(a: DataCenter, b: DataCenter): number {
  return compare(a.id, b.id);
}
