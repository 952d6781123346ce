import type { CompleteData } from '../gateway/send-query.ts';
import type { BoardListsQuery, Region } from '../graphql/graphql.ts';

/** What the rows and columns are, and how the source is doing. */
export type Lists = CompleteData<BoardListsQuery>;
export type GpuType = Lists['gpuTypes'][number];
export type DataCenter = Lists['dataCenters'][number];

/** Regions as people call them, in the order of columns. */
const REGION_NAMES: Record<Region, string> = {
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

/** The regions that have a data center, in the order of columns. */
export function regionsOf({ dataCenters }: Lists): readonly Region[] {
  const present = new Set(dataCenters.map(({ region }) => region));
  return (Object.keys(REGION_NAMES) as Region[]).filter((region) => present.has(region));
}
