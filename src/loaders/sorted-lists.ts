import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import { compare } from '../domain/row-order.ts';

/** Returns GPU types sorted by display name, as clients see them. For the same list object, always returns the same sorted list object. */
export const sortGpuTypes = (gpuTypes: readonly GpuType[]): readonly GpuType[] => sortOnce(gpuTypes, byDisplayName);

/** Returns data centers sorted by id, as clients see them. For the same list object, always returns the same sorted list object. */
export const sortDataCenters = (dataCenters: readonly DataCenter[]): readonly DataCenter[] =>
  sortOnce(dataCenters, byId);

/** The sorted list of each unsorted list. Each list is only ever sorted in one order. */
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
