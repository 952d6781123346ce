import { describe, expect, it } from 'vitest';
import { findGpuType } from '../src/graphql/availability/gpu-type-name.ts';
import { findId } from '../src/graphql/availability/known-ids.ts';
import { gpuTypeOf } from './support/list-rows.ts';

const idsOf = (...ids: string[]) => ids.map((id) => ({ id }));

describe('an id', () => {
  it.each([
    ['EU-RO-1', 'EU-RO-1'],
    ['eu-ro-1', 'EU-RO-1'],
    [' Eu-Ro-1\n', 'EU-RO-1'],
    ['EURO1', undefined],
    ['', undefined],
  ])('is found in any letter case and with white space around it: %j', (id, found) => {
    expect(findId(id, idsOf('EU-CZ-1', 'EU-RO-1'))).toBe(found);
  });

  it('is found in its exact letter case if another id differs from it only in letter case', () => {
    const ids = idsOf('EU-RO-1', 'eu-ro-1');
    expect([findId('EU-RO-1', ids), findId('eu-ro-1', ids)]).toEqual(['EU-RO-1', 'eu-ro-1']);
  });

  it('is refused if several ids differ from it only in letter case', () => {
    expect(() => findId('Eu-Ro-1', idsOf('EU-RO-1', 'eu-ro-1'))).toThrow(/'EU-RO-1', 'eu-ro-1'/);
  });
});

describe('the search for a GPU type by name', () => {
  const find = (name: string, ...types: [id: string, displayName: string][]) =>
    findGpuType(
      name,
      types.map(([id, displayName]) => gpuTypeOf({ id, displayName })),
      () => true,
    ).id;

  it('finds the id that is equal to the name, even if another id differs only in letter case', () => {
    expect(find('nvidia l4', ['NVIDIA L4', 'L4'], ['nvidia l4', 'L4 too'])).toBe('nvidia l4');
  });

  it('prefers a name that differs only in letter case to a name that also differs in white space or hyphens', () => {
    expect(find('l-4', ['A', 'L4'], ['B', 'L-4'])).toBe('B');
  });

  it('fails if several names fit and differ only in white space and hyphens', () => {
    expect(() => find('l 4', ['A', 'L4'], ['B', 'L-4'])).toThrow(/More than one .* 'A', 'B'/);
  });

  it('finds nothing for a name that consists of hyphens only', () => {
    expect(() => find('-', ['A', '- -'], ['B', 'L4'])).toThrow(/Unknown GPU type "-"/);
  });
});
