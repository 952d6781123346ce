import type { DataCenter } from '../../domain/data-center.ts';
import type { GpuManufacturer, GpuType } from '../../domain/gpu-type.ts';
import { placeOf } from '../../domain/region.ts';
import { type RawDataCenter, type RawGpuType, toPositiveInt, toPrice } from './raw.ts';

/** Id of the pseudo type that RunPod lists beside the real ones; CPU pods carry it. */
const PSEUDO_TYPE_ID = 'unknown';

/** GPU types from RunPod's list: without the pseudo type, rows without an id, and repeated ids (the first one counts). */
export function normaliseGpuTypes(rows: readonly RawGpuType[]): readonly GpuType[] {
  return firstOfEachId(rows)
    .filter(({ id }) => id !== PSEUDO_TYPE_ID)
    .map((row) => ({
      id: row.id,
      displayName: toText(row.displayName) ?? row.id,
      manufacturer: toManufacturer(row.manufacturer, row.id),
      memoryGb: toPositiveInt(row.memoryInGb),
      maxGpuCount: toPositiveInt(row.maxGpuCount),
      secureCloud: row.secureCloud,
      communityCloud: row.communityCloud,
      securePrice: row.secureCloud === true ? toPrice(row.securePrice) : null,
      communityPrice: row.communityCloud === true ? toPrice(row.communityPrice) : null,
    }));
}

/** Data centers from RunPod's list: without rows without an id, and repeated ids (the first one counts). */
export function normaliseDataCenters(rows: readonly RawDataCenter[]): readonly DataCenter[] {
  return firstOfEachId(rows).map((row) => ({
    id: row.id,
    name: toText(row.name) ?? row.id,
    ...placeOf(row.id),
    location: toText(row.location),
    listed: row.listed,
    networkVolume: row.storageSupport,
    globalNetwork: row.globalNetwork,
    compliance: row.compliance?.filter((word) => word !== null) ?? null,
  }));
}

type Identified<T> = T & { readonly id: string };

/** An empty id must never be sent back: RunPod reads an empty data center as "anywhere". */
function firstOfEachId<T extends { readonly id: string | null }>(rows: readonly (T | null)[]): Identified<T>[] {
  const rowById = new Map<string, Identified<T>>();
  for (const row of rows) {
    if (hasId(row) && !rowById.has(row.id)) rowById.set(row.id, row);
  }
  return [...rowById.values()];
}

function hasId<T extends { readonly id: string | null }>(row: T | null): row is Identified<T> {
  return toText(row?.id ?? null) !== null;
}

function toText(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text;
}

const MANUFACTURERS = new Map<string, GpuManufacturer>([
  ['NVIDIA', 'NVIDIA'],
  ['AMD', 'AMD'],
  // NVIDIA's name for its data center GPUs up to the V100; ids of that time begin with it.
  ['TESLA', 'NVIDIA'],
]);

function toManufacturer(manufacturer: string | null, id: string): GpuManufacturer {
  const word = toText(manufacturer)?.trim() ?? id.trim().split(' ', 1)[0] ?? '';
  return MANUFACTURERS.get(word.toUpperCase()) ?? 'UNKNOWN';
}
