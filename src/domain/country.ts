import { countries, type ICountryData } from 'countries-list';

/** Countries by ISO 3166-1 alpha-2 code. Codes in the user-assigned range are left out. */
const COUNTRY_BY_CODE = new Map(
  Object.entries<Partial<ICountryData> & Pick<ICountryData, 'continent'>>(countries).filter(
    ([, country]) => country.userAssigned !== true,
  ),
);

/**
 * Returns `text` as an ISO 3166-1 alpha-2 code in upper case. Returns `null` if no country has that code, as for 'UK', 'ZZ', 'EU' and
 * 'USA'.
 */
export function toCountryCode(text: string): string | null {
  const code = text.toUpperCase();
  return COUNTRY_BY_CODE.has(code) ? code : null;
}

/** The seven geographic continents. */
export type Continent = 'AF' | 'AN' | 'AS' | 'EU' | 'NA' | 'OC' | 'SA';

/** Returns the continent of a country, given its ISO 3166-1 alpha-2 code in upper case; `null` for an unknown code. */
export function continentOf(countryCode: string): Continent | null {
  return COUNTRY_BY_CODE.get(countryCode)?.continent ?? null;
}
