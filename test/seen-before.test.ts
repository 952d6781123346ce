import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSeenBefore } from '../src/fast-path/seen-before.ts';

it('a hash is new the first time and known after that', () => {
  const anyHash = fc.integer({ min: 1, max: 0xffffffff });
  const property = fc.property(anyHash, (hash) => {
    const seen = createSeenBefore();
    expect([seen.note(hash), seen.note(hash), seen.note(hash)]).toEqual([false, true, true]);
  });
  fc.assert(property);
});

it('at least the last few thousand hashes are known if no two of them share a place in the table', () => {
  const seen = createSeenBefore();
  const hashes = Array.from({ length: 4000 }, (_none, index) => 1_000_000 + index);
  expect(hashes.some((hash) => seen.note(hash))).toBe(false);
  expect(hashes.every((hash) => seen.note(hash))).toBe(true);
});

it('a hash is forgotten sooner or later, so that the record does not grow', () => {
  const seen = createSeenBefore();
  seen.note(7);
  for (let hash = 1_000_000; hash < 1_010_000; hash += 1) seen.note(hash);
  expect(seen.note(7)).toBe(false);
});
