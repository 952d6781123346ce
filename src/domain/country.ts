import { countries, type ICountryData } from 'countries-list';

/** Countries by ISO 3166-1 alpha-2 code, without codes that users have assigned among themselves. */
const COUNTRY_BY_CODE = new Map(
  Object.entries<Partial<ICountryData> & Pick<ICountryData, 'continent'>>(countries).filter(
    ([, country]) => country.userAssigned !== true,
  ),
);

/** The ISO 3166-1 alpha-2 code in upper case, or `null` when `text` is none in use ('UK', 'ZZ', 'EU', 'USA'). */
export function toCountryCode(text: string): string | null {
  const code = text.toUpperCase();
  return COUNTRY_BY_CODE.has(code) ? code : null;
}

/** Continents, as geographers have them. */
export type Continent = 'AF' | 'AN' | 'AS' | 'EU' | 'NA' | 'OC' | 'SA';

/** The continent of the country with an ISO 3166-1 alpha-2 code in upper case, or `null` when there is none. */
export function continentOf(countryCode: string): Continent | null {
  return COUNTRY_BY_CODE.get(countryCode)?.continent ?? null;
}
