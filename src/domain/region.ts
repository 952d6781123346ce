import { type Continent, continentOf, toCountryCode } from './country.ts';

/** Continents, named as in RunPod's REST API v2. */
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
  /** ISO 3166-1 alpha-2, upper case; `null` if the id does not determine it. */
  readonly countryCode: string | null;
}

const NOWHERE: Location = { region: 'UNKNOWN', countryCode: null };

/** Prefixes of ids that name a country. In such ids, a state or a city follows the prefix. */
const COUNTRY_PREFIXES = new Set(['US', 'CA']);

/**
 * Prefixes of ids that name a group of countries. In such ids, a country of that group follows the prefix. 'EU' and 'EUR' both stand for
 * Europe (Iceland and Norway use 'EUR'), 'SEA' for South-East Asia, 'AP' for Asia and the Pacific. RunPod has used these four prefixes. The
 * other prefixes are likely names for the remaining continents.
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
 * Derives the region and country of a data center from its id, such as 'EU-RO-1' or 'CA-MTL-3'. If the id has another form, or if its two
 * parts contradict each other, the region is `UNKNOWN` and the country is `null`: a wrong place is worse than no place. RunPod's location
 * text is not used, because it is vague ('Europe') and changes.
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

/** Countries of Western Asia that are commonly counted as the Middle East. */
const MIDDLE_EAST = new Set(['AE', 'BH', 'IL', 'IQ', 'IR', 'JO', 'KW', 'LB', 'OM', 'PS', 'QA', 'SA', 'SY', 'YE']);

function regionOf(countryCode: string): Region {
  if (MIDDLE_EAST.has(countryCode)) return 'MIDDLE_EAST';
  const continent = continentOf(countryCode);
  return continent === null ? 'UNKNOWN' : REGION_BY_CONTINENT[continent];
}
