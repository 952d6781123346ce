import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/board/format/place.ts';
import { createGateway } from '../../support/gateway.ts';

const place = { countryCode: 'RO', location: 'Europe', region: 'EUROPE' as const };

describe('the place of a data center in words', () => {
  it('is its country, otherwise the location that RunPod reports, otherwise its region', () => {
    expect(placeOf(place)).toBe('Romania');
    expect(placeOf({ ...place, countryCode: null, location: 'SE Asia' })).toBe('SE Asia');
    expect(placeOf({ ...place, countryCode: null, location: null })).toBe('Europe');
  });

  it('is the short English name of the country, for countries with and without a data center', async () => {
    const { data } = await createGateway().ask('{ dataCenters { countryCode } }');
    const codes: readonly string[] = data.dataCenters.map(({ countryCode }: { countryCode: string }) => countryCode);
    const names = new Intl.DisplayNames('en', { type: 'region', style: 'short' });
    for (const countryCode of [...codes, 'KR', 'PL']) {
      expect(placeOf({ ...place, countryCode })).toBe(names.of(countryCode));
    }
  });
});
