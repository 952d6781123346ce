import type { CompleteData } from '../gateway/send-query.ts';
import type { BoardListsQuery, Region } from '../graphql/graphql.ts';

/** The GPU types and data centers, which are the rows and columns of the table, and the state of the gateway's source. */
export type Lists = CompleteData<BoardListsQuery>;
export type GpuType = Lists['gpuTypes'][number];
export type DataCenter = Lists['dataCenters'][number];

/** The names of the regions, in the order of the columns. */
export const REGION_NAMES: Record<Region, string> = {
  NORTH_AMERICA: 'North America',
  SOUTH_AMERICA: 'South America',
  EUROPE: 'Europe',
  MIDDLE_EAST: 'Middle East',
  AFRICA: 'Africa',
  ASIA: 'Asia',
  OCEANIA: 'Oceania',
  ANTARCTICA: 'Antarctica',
  UNKNOWN: 'Elsewhere',
};

export const regionName = (region: Region): string => REGION_NAMES[region];

/** Returns the display name of a GPU type, or its id if the type is not listed. */
export const gpuTypeName = ({ gpuTypes }: Lists, gpuTypeId: string): string =>
  gpuTypes.find(({ id }) => id === gpuTypeId)?.displayName ?? gpuTypeId;

/** Returns the regions that have a data center, in the order of the columns. */
export function regionsOf({ dataCenters }: Lists): readonly Region[] {
  const present = new Set(dataCenters.map(({ region }) => region));
  return (Object.keys(REGION_NAMES) as Region[]).filter((region) => present.has(region));
}
