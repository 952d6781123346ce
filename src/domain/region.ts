import { type Continent, continentOf, toCountryCode } from './country.ts';

/** The region of a data center, named as in RunPod's REST API v2. */
export type Region =
  | 'AFRICA'
  | 'ANTARCTICA'
  | 'ASIA'
  | 'EUROPE'
  | 'MIDDLE_EAST'
  | 'NORTH_AMERICA'
  | 'OCEANIA'
  | 'SOUTH_AMERICA'
  | 'UNKNOWN';

/** The location of a data center. */
export interface Location {
  readonly region: Region;
  /** The ISO 3166-1 alpha-2 code of the country, in upper case; `null` if the id of the data center does not determine the country. */
  readonly countryCode: string | null;
}

const NOWHERE: Location = { region: 'UNKNOWN', countryCode: null };

/** The id prefixes that name a country, such as 'CA' in 'CA-MTL-3'. A state or city follows the prefix. */
const COUNTRY_PREFIXES = new Set(['US', 'CA']);

/**
 * The id prefixes that name a part of the world, such as 'EU' in 'EU-RO-1', and the regions that each prefix stands for. The second part of
 * the id is normally a country. RunPod uses 'EU', 'EUR', 'SEA' (South-East Asia), 'AP' (Asia and the Pacific) and 'OC'. The other prefixes
 * are guesses for the remaining regions.
 */
const REGIONS_BY_PREFIX = new Map<string, readonly Region[]>([
  ['EU', ['EUROPE']],
  ['EUR', ['EUROPE']],
  ['SEA', ['ASIA']],
  ['AP', ['ASIA', 'OCEANIA']],
  ['OC', ['OCEANIA']],
  ['ME', ['MIDDLE_EAST']],
  ['AF', ['AFRICA']],
  ['SA', ['SOUTH_AMERICA']],
]);

/**
 * Derives the region and country of a data center from its id, such as 'EU-RO-1' or 'CA-MTL-3'. If the id has a different form or
 * contradicts itself, the region is `UNKNOWN` and the country is `null`. RunPod's description of the location is not used, because it is
 * vague ('Europe') and changes.
 */
export function locationOf(dataCenterId: string): Location {
  const [, prefix = '', second = ''] = /^([A-Z]{2,3})-([A-Z]{2,3})-\d+$/.exec(dataCenterId) ?? [];
  if (COUNTRY_PREFIXES.has(prefix)) return { region: 'NORTH_AMERICA', countryCode: prefix };
  const regions = REGIONS_BY_PREFIX.get(prefix) ?? [];
  const countryCode = toCountryCode(second);
  if (countryCode !== null) {
    const region = regionOf(countryCode);
    return regions.includes(region) ? { region, countryCode } : NOWHERE;
  }
  const [only, ...others] = regions;
  return only === undefined || others.length > 0 ? NOWHERE : { region: only, countryCode: null };
}

const REGION_BY_CONTINENT: Readonly<Record<Continent, Region>> = {
  AF: 'AFRICA',
  AN: 'ANTARCTICA',
  AS: 'ASIA',
  EU: 'EUROPE',
  NA: 'NORTH_AMERICA',
  OC: 'OCEANIA',
  SA: 'SOUTH_AMERICA',
};

/** The countries of Western Asia that are commonly counted as the Middle East. */
const MIDDLE_EAST = new Set(['AE', 'BH', 'IL', 'IQ', 'IR', 'JO', 'KW', 'LB', 'OM', 'PS', 'QA', 'SA', 'SY', 'YE']);

function regionOf(countryCode: string): Region {
  if (MIDDLE_EAST.has(countryCode)) return 'MIDDLE_EAST';
  const continent = continentOf(countryCode);
  return continent === null ? 'UNKNOWN' : REGION_BY_CONTINENT[continent];
}
