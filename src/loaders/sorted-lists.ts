import type { DataCenter } from '../domain/data-center.ts';
import type { GpuType } from '../domain/gpu-type.ts';
import { compare } from '../domain/row-order.ts';

/** Returns GPU types sorted by display name, the order that clients see. For the same list object, returns the same sorted list object. */
export const sortGpuTypes = (gpuTypes: readonly GpuType[]): readonly GpuType[] => sortOnce(gpuTypes, byDisplayName);

/** Returns data centers sorted by id, the order that clients see. For the same list object, returns the same sorted list object. */
export const sortDataCenters = (dataCenters: readonly DataCenter[]): readonly DataCenter[] =>
  sortOnce(dataCenters, byId);

/** For each unsorted list, its sorted list. A list is always sorted in the same order. */
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
