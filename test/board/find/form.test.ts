import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_FORM,
  type Form,
  formFromSearch,
  formToSearch,
  hasNeeds,
  nextFirst,
  withoutNeeds,
} from '../../../src/board/find/form.ts';

const amount = fc.option(
  fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => String(value + 0)),
  { nil: '' },
);
const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() === text);

const anyForm: fc.Arbitrary<Form> = fc.record({
  gpu: fc.option(word, { nil: '' }),
  memory: amount,
  memoryOf: fc.constantFrom('gpu' as const, 'pod' as const),
  count: amount,
  place: fc.option(
    fc.tuple(fc.constantFrom('region=', 'country=', 'datacenter='), word).map(([kind, name]) => kind + name),
    {
      nil: '',
    },
  ),
  price: amount,
  networkVolume: fc.boolean(),
  globalNetwork: fc.boolean(),
  certifications: fc.uniqueArray(fc.string()),
  prefer: fc.constantFrom('CHEAPEST' as const, 'LIKELIEST' as const),
  first: fc.constantFrom(10, 50, 200),
});

describe('the form in a URL', () => {
  it('stays the same when it is written and parsed again', () => {
    fc.assert(
      fc.property(anyForm, (form) => {
        expect(formFromSearch(formToSearch(form))).toEqual(form);
      }),
    );
  });

  it('keeps an equals sign in the id of a data center', () => {
    const form = { ...EMPTY_FORM, place: 'datacenter=A=B' };
    expect(formFromSearch(formToSearch(form))).toEqual(form);
  });

  it('keeps the choice of memory per pod while the amount of memory is empty', () => {
    const form = { ...EMPTY_FORM, memoryOf: 'pod' as const };
    expect(formToSearch(form)).toBe('?podmemory=');
    expect(formFromSearch('?podmemory=')).toEqual(form);
  });

  it('is empty when nothing is needed', () => {
    expect(formToSearch(EMPTY_FORM)).toBe('');
    expect(formFromSearch('')).toEqual(EMPTY_FORM);
  });

  it('ignores values that are not decimal numbers, but keeps numbers that the gateway rejects', () => {
    expect(formFromSearch('?count=many&memory=much&price=1e&show=7')).toEqual(EMPTY_FORM);
    expect(formFromSearch('?count=0b1&memory=0O7&price=0x10')).toEqual(EMPTY_FORM);
    expect(formFromSearch('?count=99&price=-1')).toEqual({ ...EMPTY_FORM, count: '99', price: '-1' });
  });
});

describe('clearing the needs', () => {
  it('keeps the order', () => {
    const form = { ...EMPTY_FORM, gpu: 'a100', prefer: 'LIKELIEST' as const };
    expect(withoutNeeds(form)).toEqual({ ...EMPTY_FORM, prefer: 'LIKELIEST' });
    expect([hasNeeds(form), hasNeeds(withoutNeeds(form)), hasNeeds({ ...EMPTY_FORM, first: 50 })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it('the list of pods can grow from 10 to 50 and then to 200 pods, but not further', () => {
  expect([nextFirst(10), nextFirst(50), nextFirst(200)]).toEqual([50, 200, null]);
});
