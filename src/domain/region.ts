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

/** Where a data center stands. */
export interface Place {
  readonly region: Region;
  /** ISO 3166-1 alpha-2, upper case; `null` when it cannot be told. */
  readonly countryCode: string | null;
}

const NOWHERE: Place = { region: 'UNKNOWN', countryCode: null };

/** Countries in RunPod's Asia-Pacific group ('AP-…') that are not in Asia. */
const PACIFIC_COUNTRIES = new Set(['AU', 'NZ']);

/**
 * What the first part of an id says, by RunPod's naming. After 'US' and 'CA' comes a state or a city, after the groups a
 * country. 'EU' and 'EUR' both stand for Europe (Iceland and Norway are 'EUR'), 'SEA' for South-East Asia.
 */
const PLACE_BY_PREFIX = new Map<string, (second: string) => Place>([
  ['US', () => ({ region: 'NORTH_AMERICA', countryCode: 'US' })],
  ['CA', () => ({ region: 'NORTH_AMERICA', countryCode: 'CA' })],
  ['EU', (country) => ({ region: 'EUROPE', countryCode: toCountryCode(country) })],
  ['EUR', (country) => ({ region: 'EUROPE', countryCode: toCountryCode(country) })],
  ['OC', (country) => ({ region: 'OCEANIA', countryCode: toCountryCode(country) })],
  ['SEA', (country) => ({ region: 'ASIA', countryCode: toCountryCode(country) })],
  ['AP', toAsiaPacific],
]);

/**
 * Tells the continent and country of a data center from its id, such as 'EU-RO-1' or 'CA-MTL-3'. An id in another form is
 * `UNKNOWN`, without a country: a wrong place would be worse than none. RunPod's location text is not used, since it is
 * loose ('Europe') and changes. Holds for each of the 50 ids publicly known in 2025 and 2026.
 */
export function placeOf(dataCenterId: string): Place {
  const [, prefix = '', second = ''] = /^([A-Z]{2,3})-([A-Z]{2,3})-\d+$/.exec(dataCenterId) ?? [];
  return PLACE_BY_PREFIX.get(prefix)?.(second) ?? NOWHERE;
}

const COUNTRY_NAMES = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** The ISO 3166-1 alpha-2 code in upper case, or `null` when `text` is none in use ('UK', 'ZZ', 'EU', 'USA'). */
export function toCountryCode(text: string): string | null {
  const code = text.toUpperCase();
  if (!/^[A-Z]{2}$/.test(code) || NOT_COUNTRIES.has(code) || COUNTRY_NAMES.of(code) === undefined) return null;
  return new Intl.Locale(`und-${code}`).region === code ? code : null;
}

/** Codes that Unicode's region names hold beside the countries of ISO 3166-1: groups, reserved and pseudo codes. */
const NOT_COUNTRIES = new Set([
  'AC',
  'CP',
  'CQ',
  'DG',
  'EA',
  'EU',
  'EZ',
  'IC',
  'QO',
  'TA',
  'UN',
  'XA',
  'XB',
  'XK',
  'ZZ',
]);

function toAsiaPacific(country: string): Place {
  const countryCode = toCountryCode(country);
  if (countryCode === null) return NOWHERE;
  return { region: PACIFIC_COUNTRIES.has(countryCode) ? 'OCEANIA' : 'ASIA', countryCode };
}
