import type { DataCenter } from '../../domain/data-center.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import { locationOf } from '../../domain/region.ts';
import { toPositiveInt, toPrice } from '../numbers.ts';
import { firstOfEachId, PSEUDO_TYPE_ID, toManufacturer, toText } from '../rows.ts';
import type { RawDataCenter, RawGpuType } from './raw.ts';

/**
 * Returns the GPU types of RunPod's list. Leaves out the entry with the id `PSEUDO_TYPE_ID`, rows without an id, and rows that repeat the
 * id of an earlier row.
 */
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

/** Returns the data centers of RunPod's list. Leaves out rows without an id, and rows that repeat the id of an earlier row. */
export function normaliseDataCenters(rows: readonly RawDataCenter[]): readonly DataCenter[] {
  return firstOfEachId(rows).map((row) => ({
    id: row.id,
    name: toText(row.name) ?? row.id,
    ...locationOf(row.id),
    location: toText(row.location),
    listed: row.listed,
    networkVolume: row.storageSupport,
    globalNetwork: row.globalNetwork,
    compliance: row.compliance?.filter((word) => word !== null) ?? null,
  }));
}
