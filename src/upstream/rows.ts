import type { GpuManufacturer } from '../domain/gpu-type.ts';

/** The id of an entry in RunPod's list that is not a GPU type. RunPod uses it as the GPU type of CPU pods. */
export const PSEUDO_TYPE_ID = 'unknown';

/** A row with an id that is not blank. */
export type Identified<T> = T & { readonly id: string };

/**
 * Returns the first row of each id. Leaves out rows without an id, because RunPod would interpret a blank data center id in a request as
 * "anywhere".
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

/** Returns the text, or `null` if it is blank. */
export function toText(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text;
}

const MANUFACTURERS = new Map<string, GpuManufacturer>([
  ['NVIDIA', 'NVIDIA'],
  ['AMD', 'AMD'],
  // NVIDIA called its data center GPUs Tesla, up to the V100. The ids of these GPUs begin with that name.
  ['TESLA', 'NVIDIA'],
]);

/**
 * Returns the manufacturer of a GPU type. It is derived from the manufacturer that RunPod states or, if RunPod states none, from the first
 * word of the id.
 */
export function toManufacturer(manufacturer: string | null, id: string): GpuManufacturer {
  const word = toText(manufacturer)?.trim() ?? id.trim().split(' ', 1)[0] ?? '';
  return MANUFACTURERS.get(word.toUpperCase()) ?? 'UNKNOWN';
}
