import { type DataCenter, regionName } from '../state/lists.ts';

const COUNTRIES = new Intl.DisplayNames('en', { type: 'region', style: 'short' });

/** Returns where a data center is, in words: its country, otherwise RunPod's text for the location, otherwise its region. */
export function placeOf({
  countryCode,
  location,
  region,
}: Pick<DataCenter, 'countryCode' | 'location' | 'region'>): string {
  if (countryCode !== null) return COUNTRIES.of(countryCode) ?? countryCode;
  return location ?? regionName(region);
}
