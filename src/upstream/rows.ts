import type { GpuManufacturer } from '../domain/gpu-type.ts';

/** The id of the pseudo type that RunPod lists beside the real GPU types. CPU pods have this type. */
export const PSEUDO_TYPE_ID = 'unknown';

/** A row with an id that is not blank. */
export type Identified<T> = T & { readonly id: string };

/**
 * Returns the first row of each id. Leaves out rows without an id: a blank id must not be sent to RunPod, because RunPod reads a blank data
 * center as "anywhere".
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
  // Up to the V100, NVIDIA called its data center GPUs Tesla. Their ids begin with that name.
  ['TESLA', 'NVIDIA'],
]);

/**
 * Returns the manufacturer of a GPU type. RunPod's word for the manufacturer decides. If RunPod sends no word, the first word of the id
 * decides.
 */
export function toManufacturer(manufacturer: string | null, id: string): GpuManufacturer {
  const word = toText(manufacturer)?.trim() ?? id.trim().split(' ', 1)[0] ?? '';
  return MANUFACTURERS.get(word.toUpperCase()) ?? 'UNKNOWN';
}
