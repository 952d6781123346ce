import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../src/board/format/place.ts';

describe('the place of a data center in words', () => {
  it('is its country, otherwise the location that RunPod reports, otherwise its region', () => {
    const place = { countryCode: 'RO', location: 'Europe', region: 'EUROPE' as const };
    expect(placeOf(place)).toBe('Romania');
    expect(placeOf({ ...place, countryCode: null, location: 'SE Asia' })).toBe('SE Asia');
    expect(placeOf({ ...place, countryCode: null, location: null })).toBe('Europe');
  });
});
