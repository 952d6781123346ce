import { type DataCenter, regionName } from '../state/lists.ts';

/**
 * The names of the countries in which RunPod has data centers, as `Intl.DisplayNames` gives them. The first use of `Intl` blocks the page
 * (see docs/performance.md), so it is used only for other countries.
 */
const COUNTRIES: Readonly<Record<string, string>> = {
  AU: 'Australia',
  CA: 'Canada',
  CZ: 'Czechia',
  FR: 'France',
  IS: 'Iceland',
  JP: 'Japan',
  NL: 'Netherlands',
  NO: 'Norway',
  RO: 'Romania',
  SE: 'Sweden',
  SG: 'Singapore',
  US: 'US',
};

let otherCountries: Intl.DisplayNames | undefined;

function countryName(code: string): string | undefined {
  const known = COUNTRIES[code];
  if (known === undefined) otherCountries ??= new Intl.DisplayNames('en', { type: 'region' });
  return known ?? otherCountries?.of(code);
}

/** Returns where a data center is, in words: its country, otherwise RunPod's text for the location, otherwise its region. */
export function placeOf({
  countryCode,
  location,
  region,
}: Pick<DataCenter, 'countryCode' | 'location' | 'region'>): string {
  if (countryCode !== null) return countryName(countryCode) ?? countryCode;
  return location ?? regionName(region);
}
