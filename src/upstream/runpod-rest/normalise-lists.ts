import type { DataCenter } from '../../domain/data-center.ts';
import type { GpuType } from '../../domain/gpu-type.ts';
import { locationOf, type Region } from '../../domain/region.ts';
import { toPositiveInt, toPrice } from '../numbers.ts';
import { firstOfEachId, type Identified, PSEUDO_TYPE_ID, toManufacturer, toText } from '../rows.ts';
import type { RawDataCenter, RawGpu } from './raw.ts';

/** A row of RunPod's list, and the GPU type that was read from it. */
export interface ListedGpu {
  readonly gpuType: GpuType;
  readonly row: Identified<RawGpu>;
}

/**
 * Returns the GPU types of RunPod's list. Leaves out the entry with the id `PSEUDO_TYPE_ID`, rows without an id, and rows that repeat the
 * id of an earlier row.
 */
export function normaliseGpus(rows: readonly (RawGpu | null)[]): readonly ListedGpu[] {
  return firstOfEachId(rows)
    .filter(({ id }) => id !== PSEUDO_TYPE_ID)
    .map((row) => ({
      row,
      gpuType: {
        id: row.id,
        displayName: toText(row.name) ?? row.id,
        manufacturer: toManufacturer(row.manufacturer, row.id),
        memoryGb: toPositiveInt(row.memory),
        maxGpuCount: largest(toPositiveInt(row.maxCount.secure), toPositiveInt(row.maxCount.community)),
        secureCloud: row.secure,
        communityCloud: row.community,
        securePrice: row.secure === true ? toPrice(row.price.secure) : null,
        communityPrice: row.community === true ? toPrice(row.price.community) : null,
      },
    }));
}

const largest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/**
 * Returns the data centers of RunPod's list, followed by the data centers that only `named` contains. `named` maps ids to names. Attributes
 * that the REST API does not report are `null`.
 */
export function normaliseDataCenters(
  rows: readonly (RawDataCenter | null)[],
  named: ReadonlyMap<string, string>,
): readonly DataCenter[] {
  const listed = firstOfEachId(rows).map((row) => ({
    id: row.id,
    name: toText(row.name) ?? row.id,
    ...toLocation(row),
    location: null,
    listed: null,
    networkVolume: row.networkVolumeTypes == null ? null : row.networkVolumeTypes.length > 0,
    globalNetwork: row.globalNetwork,
    compliance: row.compliance?.filter((word) => word !== null) ?? null,
  }));
  const known = new Set(listed.map(({ id }) => id));
  const others = [...named].filter(([id]) => !known.has(id));
  return [...listed, ...others.map(([id, name]) => ({ ...NOTHING_REPORTED, id, name, ...locationOf(id) }))];
}

const NOTHING_REPORTED = {
  location: null,
  listed: null,
  networkVolume: null,
  globalNetwork: null,
  compliance: null,
} as const;

/** The regions that RunPod may report: every region except UNKNOWN. */
const REGIONS: ReadonlySet<string> = new Set<Region>([
  'AFRICA',
  'ANTARCTICA',
  'ASIA',
  'EUROPE',
  'MIDDLE_EAST',
  'NORTH_AMERICA',
  'OCEANIA',
  'SOUTH_AMERICA',
]);

/**
 * Returns the region and country of a data center. The region that RunPod names takes precedence over the region that the id implies. The
 * country comes from the id. It is `null` if the id implies a region other than the one that RunPod names.
 */
function toLocation({ id, region }: Identified<RawDataCenter>) {
  const location = locationOf(id);
  const word = region?.trim().toUpperCase() ?? '';
  if (!isRegion(word) || word === location.region) return location;
  return { region: word, countryCode: null };
}

const isRegion = (word: string): word is Region => REGIONS.has(word);
