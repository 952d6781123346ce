import type { GpuManufacturer } from '../domain/gpu-type.ts';

/** Id of the pseudo type that RunPod lists beside the real ones; CPU pods carry it. */
export const PSEUDO_TYPE_ID = 'unknown';

/** A row with an id that is one. */
export type Identified<T> = T & { readonly id: string };

/**
 * Rows of a list that have an id, the first one of each. An empty id must never be sent back: RunPod reads an empty data center
 * as "anywhere".
 */
export function firstOfEachId<T extends { readonly id: string | null }>(rows: readonly (T | null)[]): Identified<T>[] {
  const rowById = new Map<string, Identified<T>>();
  for (const row of rows) {
    if (hasId(row) && !rowById.has(row.id)) rowById.set(row.id, row);
  }
  return [...rowById.values()];
}

function hasId<T extends { readonly id: string | null }>(row: T | null): row is Identified<T> {
  return toText(row?.id ?? null) !== null;
}

/** Text that says something, or `null`. */
export function toText(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text;
}

const MANUFACTURERS = new Map<string, GpuManufacturer>([
  ['NVIDIA', 'NVIDIA'],
  ['AMD', 'AMD'],
  // NVIDIA's name for its data center GPUs up to the V100; ids of that time begin with it.
  ['TESLA', 'NVIDIA'],
]);

/** Who makes a GPU type, by RunPod's word or else by how its id begins. */
export function toManufacturer(manufacturer: string | null, id: string): GpuManufacturer {
  const word = toText(manufacturer)?.trim() ?? id.trim().split(' ', 1)[0] ?? '';
  return MANUFACTURERS.get(word.toUpperCase()) ?? 'UNKNOWN';
}
