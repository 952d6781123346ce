import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locationOf } from '../src/domain/region.ts';
import { createGateway } from './support/gateway.ts';

describe('the location of a data center', () => {
  it.each([
    ['US-CO-1', 'NORTH_AMERICA', 'US'],
    ['CA-MTL-4', 'NORTH_AMERICA', 'CA'],
    ['EU-DK-1', 'EUROPE', 'DK'],
    ['EUR-IS-5', 'EUROPE', 'IS'],
    ['EUR-NO-2', 'EUROPE', 'NO'],
    ['AP-IN-2', 'ASIA', 'IN'],
    ['AP-JP-1', 'ASIA', 'JP'],
    ['AP-AU-1', 'OCEANIA', 'AU'],
    ['OC-AU-1', 'OCEANIA', 'AU'],
    ['SEA-SG-1', 'ASIA', 'SG'],
    ['AP-AE-1', 'UNKNOWN', null],
    ['ME-AE-1', 'MIDDLE_EAST', 'AE'],
    ['AF-ZA-1', 'AFRICA', 'ZA'],
    ['SA-BR-1', 'SOUTH_AMERICA', 'BR'],
    ['EU-US-1', 'UNKNOWN', null],
    ['EU-ZZ-1', 'EUROPE', null],
    ['AP-ZZ-1', 'UNKNOWN', null],
    ['XX-RO-1', 'UNKNOWN', null],
    ['eu-ro-1', 'UNKNOWN', null],
    ['EU-RO-12', 'EUROPE', 'RO'],
    ['EU-RO-1-2', 'UNKNOWN', null],
    ['A-EU-RO-1', 'UNKNOWN', null],
    ['', 'UNKNOWN', null],
  ])('with the id %s is the region %s and the country %s', (id, region, countryCode) => {
    expect(locationOf(id)).toEqual({ region, countryCode });
  });

  it('is known for every recorded data center', async () => {
    const { data } = await createGateway().ask('{ dataCenters { id region countryCode } }');
    expect(data.dataCenters).toHaveLength(39);
    for (const { region, countryCode } of data.dataCenters) {
      expect(region).not.toBe('UNKNOWN');
      expect(countryCode).toMatch(/^[A-Z]{2}$/);
    }
  });

  it('is derived from any text without an error', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(locationOf(id).region).toBeTypeOf('string');
      }),
    );
  });
});
